import type { PayoutMethod } from '@parley/contracts';
import { isEmail, isIBAN } from 'class-validator';
import { MethodRefused } from './referral.errors';

const ROUTING = /^[A-Z0-9]{5,20}$/;
const ACCOUNT_NUMBER = /^\d{4,20}$/;

/**
 * The method as it is kept, without the spaces and hyphens people write.
 * @throws MethodRefused naming the field
 */
export function checkMethod({ kind, account, routing, holder }: PayoutMethod): PayoutMethod {
  if (kind === 'paypal') {
    if (!isEmail(account))
      throw new MethodRefused('account', 'must be the e-mail address of a PayPal account');
    if (routing !== undefined) throw new MethodRefused('routing', 'does not belong to PayPal');
    return { kind, account, ...(holder ? { holder } : {}) };
  }
  if (!holder) throw new MethodRefused('holder', 'must say whose account it is');
  const number = compact(account);
  if (isIBAN(number)) {
    if (routing !== undefined) throw new MethodRefused('routing', 'does not go with an IBAN');
    return { kind, account: number, holder };
  }
  if (!ACCOUNT_NUMBER.test(number)) throw new MethodRefused('account', 'must be an account number or IBAN');
  const code = compact(routing ?? '');
  if (!ROUTING.test(code))
    throw new MethodRefused('routing', 'must be the bank’s routing, transit or BIC code');
  return { kind, account: number, routing: code, holder };
}

export const last4Of = ({ account }: PayoutMethod): string => account.slice(-4);

const compact = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();
