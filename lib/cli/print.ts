import { nearName, sourceReader } from '../manifest/source-files.js';
import { textReport } from '../report/text.js';
import type { Verification } from '../verify/verify.js';

/** Colours where a person looks, unless they said otherwise (https://no-color.org). */
const colourful = (stream: NodeJS.WriteStream): boolean => {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false;
  if (process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true;
};

/** How text is shown on a stream of this process. */
export const look = (stream: NodeJS.WriteStream): { readonly colour: boolean; readonly width: number } => ({
  colour: colourful(stream),
  width: Math.min(stream.columns ?? 110, 140),
});

/** The text report as it is printed to a stream of this process. */
export const printed = (
  verification: Verification,
  said: { readonly outcome: string; readonly title?: string | undefined },
  stream: NodeJS.WriteStream,
): string =>
  textReport(verification, {
    ...said,
    ...look(stream),
    sourceText: sourceReader(),
    fileName: nearName,
    seconds: performance.now() / 1000,
  });

/** Says on a terminal what is being done, once a run takes longer than a second; the line is wiped by `clear`. */
export const progress = (stream: NodeJS.WriteStream = process.stderr) => {
  const started = performance.now();
  let shown = false;
  return {
    step: (text: string): void => {
      if (stream.isTTY !== true || performance.now() - started < 1000) return;
      shown = true;
      stream.write(`\r\u001b[K  ${text} ...`);
    },
    clear: (): void => {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
};
