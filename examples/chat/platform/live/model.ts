// A model that writes words: it answers in the way of a language model, piece by piece, and says nothing new.
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two words, in milliseconds. */
const DELAY_MS = 20;

const ADVICE = [
  'Start early, because the path along the ridge has no shade after ten.',
  'Take two litres of water for each person, and a little more for the dog.',
  'The bridge behind the north gate was repaired in spring, so you can cross the river there.',
  'Turn left at the old pagoda, and follow the red marks on the stones.',
  'If clouds come up from the lake, go back to the tea house and wait.',
  '下山走西门，末班车是六点半。',
];

/** Writes an answer to a question. Ends when `signal` is aborted. */
export async function* writeAnswer(question: string, signal: AbortSignal): AsyncGenerator<string> {
  const words = `You asked: “${question}” ${ADVICE.join(' ')}`.split(/(?<=\s)/u);
  for (const word of words) {
    await sleep(DELAY_MS);
    if (signal.aborted) return;
    yield word;
  }
}
