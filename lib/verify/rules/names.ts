import { refText } from '../../api/object.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Draft, DryRun, Rule } from '../rule.js';

const draftOf = (run: DryRun, manifest: Manifest, name: string): Draft => {
  const object = run.refOf(manifest);
  const { namespace } = manifest.object.metadata;
  return {
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
  };
};

/**
 * Names that a program made of a value it did not have, as a word of them or run together with what comes before a hash. They are legal, and for
 * ever: mending the program later makes a second object beside the first. (cdk8s-plus makes such names of a NetworkPolicy for a chart without a
 * namespace.)
 */
export const namesRule: Rule = (run) => {
  const drafts: Draft[] = [];
  for (let index = 0; index < run.accepted.length; index++) {
    const manifest = run.accepted[index];
    const name = manifest?.object.metadata.name;
    if (manifest !== undefined && name?.includes('undefined')) drafts.push(draftOf(run, manifest, name));
  }
  return drafts;
};
