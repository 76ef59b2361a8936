import { refKey, refText } from '../../api/object.js';
import type { Manifest, SourceLocation } from '../../manifest/manifest.js';
import type { Draft, Rule } from '../rule.js';

/** How the author knows a manifest: by construct, else by place. */
const nameOf = ({ provenance }: Manifest): string =>
  provenance.constructPath ??
  (provenance.source === undefined ? 'another manifest' : `${provenance.source.file}:${provenance.source.line}`);

/** The finding of a file belongs to no object; it takes the file's name. */
const fileRef = (source: SourceLocation | undefined) => ({ apiVersion: '', kind: 'File', name: source?.file ?? 'input' });

/** What could not be read, objects that stand twice in the input, and circles of explicit dependencies. */
export const inputRule: Rule = ({ input, world, refOf, cycle, distinct }) => {
  const drafts: Draft[] = (input.problems ?? []).map(({ code, message, source, severity = 'error' as const }) => ({
    code,
    severity,
    object: fileRef(source),
    message,
    source,
  }));
  const first = new Map<string, Manifest>();
  for (const manifest of distinct ? [] : input.manifests) {
    const ref = refOf(manifest);
    // The server makes up the rest of a generated name: no two are the same.
    if (manifest.object.metadata.name === undefined) continue;
    const other = first.get(refKey(ref));
    if (other === undefined) {
      first.set(refKey(ref), manifest);
      continue;
    }
    drafts.push({
      code: 'input/duplicate',
      // kubectl applies files one after the other: the later one wins, which is rarely meant but not refused.
      severity: world === 'closed' ? 'error' : 'warning',
      object: ref,
      source: manifest.provenance.source,
      message: `${refText(ref)} is made twice: by ${nameOf(other)} and by ${nameOf(manifest)}; the second would overwrite the first`,
      evidence: [{ kind: 'object', object: ref, text: 'is first made here', source: other.provenance.source }],
      fixes: [{ text: `give one of them another name or namespace, or remove ${nameOf(manifest)}` }],
    });
  }
  if (cycle !== undefined) {
    const [start] = cycle;
    if (start !== undefined) {
      drafts.push({
        code: 'input/cycle',
        severity: 'error',
        object: start,
        message: `these objects depend on each other in a circle: ${[...cycle, start].map(refText).join(' -> ')}`,
        fixes: [{ text: 'remove one of the dependencies' }],
      });
    }
  }
  return drafts;
};
