import { shop } from './shop.js';

await shop('development').synth();
await shop('production').synth();
