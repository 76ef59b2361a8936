import { refText } from '../api/object.js';
import type { Evidence } from '../verify/finding.js';
import { visible } from './paint.js';

const few = (names: readonly string[], most = 4): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

const mark = { passed: 'ok', blocked: 'BLOCKED HERE', assumed: 'assumed' } as const;

/** One piece of evidence as a line of text. */
export const evidenceText = (evidence: Evidence): string => {
  switch (evidence.kind) {
    case 'field':
      return visible(`${evidence.path}: ${evidence.message}`);
    case 'nodes': {
      const asks =
        evidence.asks === undefined
          ? ''
          : `  asks ${evidence.asks}${evidence.free === undefined ? '' : `, free ${evidence.free}`}`;
      const heldBy = (evidence.heldBy ?? []).map(({ object, amount }) => `${object.namespace ?? ''}/${object.name} ${amount}`);
      return visible(
        `${evidence.nodes.length} x ${evidence.reason}${asks}${heldBy.length === 0 ? '' : `  held by ${few(heldBy)}`}  (${few(evidence.nodes)})`,
      );
    }
    case 'hop':
      return visible(`${evidence.at.padEnd(15)} ${evidence.text}  ${mark[evidence.outcome]}`);
    case 'container':
      return visible(`container ${evidence.container}: ${evidence.state}${evidence.text === '' ? '' : `, ${evidence.text}`}`);
    case 'object': {
      const place = evidence.source === undefined ? '' : ` (${evidence.source.file}:${evidence.source.line})`;
      return visible(`${refText(evidence.object)} ${evidence.text}${place}`);
    }
  }
};
