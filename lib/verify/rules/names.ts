import { refText } from '../../api/object.js';
import type { Draft, Rule } from '../rule.js';

/** A value that was not there, put into a name: as a word of it, or run together with what comes before a hash. */
const isUndefined = (name: string): boolean => name.includes('undefined');

/**
 * Names that a program made of a value it did not have. They are legal, and for ever: mending the program later makes a second object beside
 * the first. (cdk8s-plus makes such names of a NetworkPolicy for a chart without a namespace.)
 */
export const namesRule: Rule = (run) =>
  run.accepted.flatMap((manifest): readonly Draft[] => {
    const name = manifest.object.metadata.name ?? '';
    if (!isUndefined(name)) return [];
    const object = run.refOf(manifest);
    const { namespace } = manifest.object.metadata;
    return [
      {
        code: 'input/undefined-name',
        severity: 'warning',
        object,
        field: 'metadata.name',
        message: `${refText(object)} has "undefined" in its name: the program that made it put a value there that it does not have; a name cannot be changed later`,
        evidence: [
          { kind: 'field', path: 'metadata.name', message: `is ${name}` },
          ...(namespace === undefined
            ? [
                {
                  kind: 'field' as const,
                  path: 'metadata.namespace',
                  message: 'is not written, and may be the value that is missing',
                },
              ]
            : []),
        ],
        fixes: [
          {
            text:
              namespace === undefined
                ? "give the chart a namespace (new Chart(app, 'web', { namespace: 'web' })), or give the object a name"
                : 'give the object a name',
          },
        ],
      },
    ];
  });
