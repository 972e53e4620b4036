import { alphabet, surprise } from './gibberish-matrix.ts';

/** Mean surprise from which on a text is no word: −1000·ln of the probability 0.0151. */
const threshold = -1000 * Math.log(0.015099318064947853);

/** Whether the letters follow each other as in no English word. Anything but letters and blanks is left out. */
export function isGibberish(text: string): boolean {
  let sum = 0;
  let pairs = 0;
  let current = -1;
  for (const letter of text.toLowerCase()) {
    const next = alphabet.indexOf(letter);
    if (next < 0) continue;
    if (current >= 0) {
      sum += surprise[current]?.[next] ?? 0;
      pairs++;
    }
    current = next;
  }
  return pairs > 0 && sum / pairs >= threshold;
}
