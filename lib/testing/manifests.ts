import type { IConstruct } from 'constructs';
import { refOf, refText } from '../api/object.js';
import { collect } from '../constructs/synth.js';
import type { Manifest } from '../manifest/manifest.js';
import { order } from '../manifest/order.js';
import { toYaml } from '../manifest/yaml.js';

/** What can be held against a snapshot: an App, a Chart or any construct in one, or manifests. */
export type ManifestSource = IConstruct | readonly Manifest[];

export const isManifestSource = (value: unknown): value is ManifestSource =>
  Array.isArray(value)
    ? value.every((each) => typeof each === 'object' && each !== null && 'object' in each && 'provenance' in each)
    : typeof value === 'object' && value !== null && 'node' in value;

/**
 * Manifests as text that is stable and readable: the YAML that would be written, in the order in which it would be applied, or
 * (`shallow`) one line an object.
 */
export const manifestText = (source: ManifestSource, options: { readonly shallow?: boolean } = {}): string => {
  const manifests = order('node' in source ? collect(source) : source).manifests;
  if (options.shallow === true) return manifests.map(({ object }) => refText(refOf(object))).join('\n');
  return manifests.map(({ object }) => toYaml(object)).join('---\n');
};
