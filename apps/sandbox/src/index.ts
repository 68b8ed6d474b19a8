export { startSandbox, type RunningSandbox, type SandboxConfig } from './sandbox';
export {
  ANTHROPIC_FAILURES,
  type AnthropicFailure,
  type AnthropicPace,
} from './anthropic/anthropic-switches';
export type { SentWebhook } from './delivery/outgoing-webhook';
export type { Faults } from './faults/fault-switches';
export type { Mail } from './mail/mailbox';
export { n8nSignature, verifyN8n } from './receiver/n8n-signature';
export type { ReceivedWebhook, ReceiverScheme, RespondWith } from './receiver/receivers';
export { verifyStandard } from './receiver/standard-signature';
export type { TwilioCall, TwilioCallInput, TwilioScenario } from './twilio/twilio-call';
export { signStripe } from './stripe/stripe-events';
export { DEFAULT_TWILIO_ACCOUNT_SID } from './twilio/twilio-call';
export { twilioCallEvents, type TwilioCallEvent } from './twilio/twilio-call-script';
export { newTwilioSid } from './twilio/twilio-ids';
export { signedTwilioHeaders, type TwilioForm } from './twilio/twilio-signature';
export { inboundSmsForm, type InboundSms } from './twilio/twilio-sms-script';
export { signedVapiHeaders, type VapiAuth, type VapiAuthMode } from './vapi/vapi-auth';
export type { VapiCall, VapiCallInput } from './vapi/vapi-call';
export { vapiCallEvents, type VapiCallEvent } from './vapi/vapi-call-script';
export type { Dialogue, ToolUse, Utterance } from './vapi/vapi-dialogue';
