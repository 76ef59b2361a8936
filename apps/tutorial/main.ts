import { tutorial } from './tutorial.js';

await tutorial().synth();
