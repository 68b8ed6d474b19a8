import { randomUUID } from 'node:crypto';

/** Somebody with an account at all three providers. */
export interface OAuthPerson {
  /** `sub` at Google and LinkedIn, `id` at Facebook. */
  id: string;
  name: string;
  /** null: a Facebook account made with a phone number, or a permission declined. */
  email: string | null;
  emailVerified: boolean;
  /** Google Workspace domain. */
  hd: string | null;
}

export type NewOAuthPerson = Partial<OAuthPerson> & Pick<OAuthPerson, 'name'>;

/** Strangers are welcome too: the page asks for a name and an address. */
const REGULARS: readonly OAuthPerson[] = [
  { id: 'ada-martin', name: 'Ada Martin', email: 'ada.martin@gmail.com', emailVerified: true, hd: null },
  {
    id: 'elise-tremblay',
    name: 'Élise Tremblay',
    email: 'elise@plomberie-tremblay.example',
    emailVerified: true,
    hd: 'plomberie-tremblay.example',
  },
  { id: 'tom-leroy', name: 'Tom Leroy', email: null, emailVerified: false, hd: null },
];

export class OAuthPeople {
  private readonly people = new Map<string, OAuthPerson>();

  constructor() {
    this.reset();
  }

  /** Adds somebody, or changes who has this id. */
  put(person: NewOAuthPerson): OAuthPerson {
    const known: OAuthPerson = {
      id: randomUUID(),
      email: null,
      emailVerified: true,
      hd: null,
      ...person,
    };
    this.people.set(known.id, known);
    return known;
  }

  find(id: string): OAuthPerson | undefined {
    return this.people.get(id);
  }

  list(): OAuthPerson[] {
    return [...this.people.values()];
  }

  reset(): void {
    this.people.clear();
    for (const person of REGULARS) this.people.set(person.id, person);
  }
}
