import type { Locale, Persona } from '@parley/contracts';

/** A persona as the platform knows it; `Persona` of the contracts is what people see. */
export interface PersonaRecord {
  id: string;
  tenantId: string | null;
  slug: string;
  name: string;
  specialty: string[];
  description: string;
  style: Record<string, unknown>;
  keywords: string[];
  translations: Partial<Record<Locale, { name?: string; description?: string; specialty?: string[] }>>;
  systemPrompt: string;
  icon: string | null;
}

export function toPersona(persona: PersonaRecord, locale: Locale): Persona {
  const { id, slug, style, icon, tenantId } = persona;
  const { name, description, specialty } = { ...persona, ...persona.translations[locale] };
  return { id, slug, name, description, specialty, style, icon, builtIn: tenantId === null };
}
