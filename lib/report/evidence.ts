import { refText } from '../api/object.js';
import type { Evidence } from '../verify/finding.js';
import { factText, few } from './explain/fact.js';
import { visible } from './paint.js';

const mark = { passed: 'ok', blocked: 'BLOCKED HERE', assumed: 'assumed' } as const;

/** One piece of evidence as a line of text; `fileName` says how a file is named to the reader. */
export const evidenceText = (evidence: Evidence, fileName: (file: string) => string = (file) => file): string => {
  switch (evidence.kind) {
    case 'field':
      return visible(`${evidence.path}: ${evidence.message}`);
    case 'nodes': {
      const { nodes, reason, alsoOn = [], facts = [] } = evidence;
      const where = nodes.length === 0 ? `behind another reason on ${few(alsoOn)}` : few(nodes);
      const count = nodes.length === 0 ? '' : `${nodes.length} x `;
      const why = facts.length === 0 ? '' : `: ${facts.map(factText).join('; ')}`;
      return visible(`${count}${reason} (${where})${why}`);
    }
    case 'hop':
      return visible(`${evidence.at.padEnd(15)} ${evidence.text}  ${mark[evidence.outcome]}`);
    case 'container':
      return visible(`container ${evidence.container}: ${evidence.state}${evidence.text === '' ? '' : `, ${evidence.text}`}`);
    case 'object': {
      const place = evidence.source === undefined ? '' : ` (${fileName(evidence.source.file)}:${evidence.source.line})`;
      return visible(`${refText(evidence.object)} ${evidence.text}${place}`);
    }
  }
};
