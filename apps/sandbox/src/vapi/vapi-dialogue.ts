export interface Utterance {
  role: 'assistant' | 'user';
  text: string;
}

export interface ToolUse {
  name: string;
  arguments: Record<string, unknown>;
  /** Three shapes are seen from Vapi: arguments as JSON text, as an object, or flat `parameters`. */
  shape: 'string' | 'object' | 'flat';
  /** The tool is called after this many utterances. */
  afterUtterance: number;
  /** What the model hears when the platform gives no usable result. */
  fallbackResult: string;
}

/** What a simulated call talks about. */
export interface Dialogue {
  assistantName: string;
  systemPrompt: string;
  utterances: readonly Utterance[];
  tool: ToolUse | null;
  summary: string;
  structuredData: Record<string, unknown>;
}

/** A heating company in Québec books a visit for the caller, on the day after the call. */
export function appointmentDialogue(customerName: string, calledAt: Date): Dialogue {
  const visit = new Date(
    Date.UTC(calledAt.getUTCFullYear(), calledAt.getUTCMonth(), calledAt.getUTCDate() + 1, 14),
  );
  return {
    assistantName: 'Camille',
    systemPrompt: 'Tu es Camille, la réceptionniste de Climatisation Boréale à Québec.',
    utterances: [
      {
        role: 'assistant',
        text: 'Climatisation Boréale, bonjour ! Ici Camille. Comment puis-je vous aider ?',
      },
      {
        role: 'user',
        text: `Bonjour, ici ${customerName}. Ma thermopompe ne chauffe plus depuis hier soir, et il gèle à Québec.`,
      },
      { role: 'assistant', text: 'Je comprends, ce n’est pas agréable. Je regarde nos disponibilités.' },
      { role: 'assistant', text: 'J’ai une place demain à 9 h ou à 13 h 30. Laquelle préférez-vous ?' },
      { role: 'user', text: 'À 9 h, ce serait parfait. C’est au 1420, rue Saint-Jean, l’entrée côté forêt.' },
      {
        role: 'assistant',
        text: 'C’est noté : demain à 9 h, au 1420, rue Saint-Jean. Vous recevrez une confirmation. Bonne journée !',
      },
      { role: 'user', text: 'Merci beaucoup, à demain !' },
    ],
    tool: {
      name: 'find_slots',
      arguments: { day: visit.toISOString().slice(0, 10), period: 'après-midi ou matin' },
      shape: 'string',
      afterUtterance: 3,
      fallbackResult: '9 h ou 13 h 30',
    },
    summary: `${customerName} signale une thermopompe en panne à Québec. Une visite est fixée à demain, 9 h.`,
    structuredData: { customerName, appointmentDate: visit.toISOString() },
  };
}
