import { groupOf } from '../api/object.js';
import type { ApplyResult } from '../cluster/apply-result.js';
import type { Manifest } from '../manifest/manifest.js';
import { hasPodTemplate, type PodTemplate, podTemplateOf } from './template.js';

/** What the API server accepted, sorted once: most rules are about few kinds. */
export interface Accepted {
  readonly manifests: readonly Manifest[];
  readonly templates: readonly PodTemplate[];
  readonly byKind: ReadonlyMap<string, readonly Manifest[]>;
  readonly groups: ReadonlySet<string>;
}

export const acceptedOf = (results: readonly ApplyResult[]): Accepted => {
  const manifests: Manifest[] = [];
  const templates: PodTemplate[] = [];
  const byKind = new Map<string, Manifest[]>();
  const groups = new Set<string>();
  // Manifests are ordered by kind: nearly every one is of the kind of the one before it.
  let lastKind: string | undefined;
  let lastVersion: string | undefined;
  let ofKind: Manifest[] = [];
  let isTemplated = false;
  for (let index = 0; index < results.length; index++) {
    const result = results[index];
    if (result === undefined || result.outcome === 'refused') continue;
    const { manifest } = result;
    const { object } = manifest;
    if (object.kind !== lastKind) {
      lastKind = object.kind;
      ofKind = byKind.get(lastKind) ?? [];
      byKind.set(lastKind, ofKind);
      isTemplated = hasPodTemplate(lastKind);
    }
    if (object.apiVersion !== lastVersion) {
      lastVersion = object.apiVersion;
      groups.add(groupOf(lastVersion));
    }
    manifests.push(manifest);
    ofKind.push(manifest);
    const template = isTemplated ? podTemplateOf(object) : undefined;
    if (template !== undefined) templates.push(template);
  }
  return { manifests, templates, byKind, groups };
};
