/**
 * `npm run bench [NAME...]`: prints figures and ratios, asserts nothing. Every measurement runs in processes of its own, several times; the median
 * counts. Output: one line a figure, `name  value unit`, so that runs can be compared line by line.
 */
import { coldSynth } from './cold-synth.js';
import { judge } from './judge.js';
import { network } from './network.js';
import { scheduler } from './scheduler.js';
import { tenThousand } from './ten-thousand.js';

const benches: Readonly<Record<string, () => void>> = {
  'cold-synth': coldSynth,
  'ten-thousand': tenThousand,
  judge,
  network,
  scheduler,
};

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  process.stderr.write(`there is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) if (names.length === 0 || names.includes(name)) bench();
}
