const GSM7 =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM7_DOUBLE = '^{}\\[~]|€';

/** How many segments a text is billed as: 160 (153 joined) in GSM-7, 70 (67 joined) UTF-16 units once one letter is outside it. */
export function smsSegments(text: string): number {
  let septets = 0;
  for (const letter of text) {
    if (GSM7.includes(letter)) septets += 1;
    else if (GSM7_DOUBLE.includes(letter)) septets += 2;
    else return segments(text.length, 70, 67);
  }
  return segments(septets, 160, 153);
}

function segments(units: number, alone: number, joined: number): number {
  return units <= alone ? 1 : Math.ceil(units / joined);
}
