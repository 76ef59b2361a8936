import { cluster } from './cluster.js';

await cluster().synth();
