import type { Secret } from '../../api/generated/types.js';
import { type ObjectRef, refKey, refText } from '../../api/object.js';
import type { Draft, DryRun } from '../rule.js';

const tlsType = 'kubernetes.io/tls';
const tlsKeys = ['tls.crt', 'tls.key'];

const assumedKeys = new WeakMap<DryRun['assumed'], ReadonlySet<string>>();

/** Whether a Secret is only taken for granted: what is in it is not known. */
const isAssumed = ({ assumed }: DryRun, ref: ObjectRef): boolean => {
  const keys = assumedKeys.get(assumed) ?? new Set(assumed.map((each) => refKey(each.ref)));
  assumedKeys.set(assumed, keys);
  return keys.has(refKey(ref));
};

/** What keeps an existing Secret from being served as a certificate. */
export const certificateFaults = (run: DryRun, from: ObjectRef, field: string, to: ObjectRef): readonly Draft[] => {
  const secret = run.cluster.get(to) as Secret | undefined;
  if (secret === undefined || isAssumed(run, to)) return [];
  const { type = 'Opaque', data = {} } = secret;
  const missing = tlsKeys.filter((key) => !Object.hasOwn(data, key));
  const common = { code: 'tls/secret', object: from, field } as const;
  if (missing.length > 0) {
    const has = Object.keys(data).join(', ') || 'no keys';
    return [
      {
        ...common,
        severity: 'error',
        message: `${refText(from)} serves the certificate of ${refText(to)}, which has no ${missing.join(' and no ')} (it has ${has}): clients are given another certificate, or none`,
        evidence: [{ kind: 'object', object: to, text: `is of type ${type} and has ${has}` }],
        fixes: [{ text: `give ${refText(to)} the keys ${tlsKeys.join(' and ')} (type ${tlsType})` }],
      },
    ];
  }
  if (type === tlsType) return [];
  return [
    {
      ...common,
      severity: 'warning',
      message: `${refText(from)} serves the certificate of ${refText(to)}, which is of type ${type}: some controllers take Secrets of type ${tlsType} only`,
      evidence: [{ kind: 'object', object: to, text: `is of type ${type}` }],
      fixes: [
        {
          text: `set type of ${refText(to)} to ${tlsType}`,
          change: { edit: to, to: (object) => ({ ...object, type: tlsType }) },
        },
      ],
    },
  ];
};
