/** Attacks at doors whose wall cannot be reached that way, each with what stands in for the proof. */
const EXPLAINED: readonly { attack: string; doors: readonly string[]; because: string }[] = [
  {
    attack: 'foreign id to an operation',
    doors: [
      'identity.audit.begin-export',
      'identity.audit.list',
      'identity.impersonations.list',
      'notifications.deliveries.stats',
      'telephony.calls.list',
    ],
    because: 'the id is a filter over the own rows; that nothing of the victim comes back is looked at',
  },
  {
    attack: 'foreign id to an operation',
    doors: ['agents.conversation.create', 'agents.personas.recommend'],
    because: 'the id names a procedure of the sales catalogue, which belongs to nobody',
  },
];

export const reasonFor = (attack: string, door: string): string | undefined =>
  EXPLAINED.find((each) => each.attack === attack && each.doors.includes(door))?.because;
