import { shop } from '../apps/shop/shop.js';
import { decode } from '../lib/api/decode.js';
import { applyDefaults } from '../lib/api/default/index.js';
import { prepareForCreate } from '../lib/api/prepare.js';
import { validateCreate } from '../lib/api/validate/index.js';

const wanted = 30_000;
const birth = { uid: '11111111-2222-4333-8444-555555555555', suffix: 'abcde', now: '2026-06-01T00:00:00Z' };
const samples = shop('production')
  .manifests()
  .map(({ object }) => JSON.stringify(object));
// Parsed anew each time: nothing is remembered from one object to the next but what judging itself remembers.
const objects = Array.from({ length: wanted }, (_, index) => {
  const object = JSON.parse(samples[index % samples.length] ?? '{}') as { metadata: { name: string } };
  object.metadata.name = `${object.metadata.name}-${index}`;
  return object;
});
const started = performance.now();
let accepted = 0;
for (const object of objects) {
  const decoded = decode(object);
  if (decoded.ok && validateCreate(prepareForCreate(applyDefaults(decoded.value), birth)).length === 0) accepted++;
}
const seconds = (performance.now() - started) / 1000;
if (accepted !== wanted) throw new Error(`${wanted - accepted} objects were refused`);
process.stdout.write(`\n${JSON.stringify({ rate: wanted / seconds })}\n`);
