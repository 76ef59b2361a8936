import type { Container, LimitRange, PersistentVolumeClaim, PodSpec } from '../../api/generated/types.js';
import type { Admitted, KubeObject } from '../../api/object.js';
import type { Refusal } from '../../api/verdict.js';
import { as } from '../kinds.js';
import { forbidden } from '../refusals.js';
import { breaches, useOf, useOfPod } from './limit-constraint.js';
import type { AdmissionContext, AdmissionPlugin, PodDraft } from './plugin.js';

const annotation = 'kubernetes.io/limit-ranger';

type ResourceList = { readonly [name: string]: string | number };

const rangesOf = ({ store }: AdmissionContext, namespace: string | undefined): readonly Admitted<LimitRange>[] =>
  namespace === undefined ? [] : store.list('LimitRange', namespace);

interface Defaults {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

/** What containers get that say nothing; a later item of a LimitRange outdoes an earlier one. */
const defaultsOf = (range: LimitRange): Defaults => {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  return {
    requests: Object.fromEntries(items.flatMap((item) => Object.entries(item.defaultRequest ?? {}))),
    limits: Object.fromEntries(items.flatMap((item) => Object.entries(item.default ?? {}))),
  };
};

const missingIn = (own: ResourceList = {}, defaults: ResourceList): readonly string[] =>
  Object.keys(defaults)
    .filter((name) => !Object.hasOwn(own, name))
    .sort();

/** The container with the defaults that it lacks; `notes` is told which. */
const completed = (container: Container, { requests, limits }: Defaults, kind: string, notes: string[]): Container => {
  const { resources, name } = container;
  const asked = missingIn(resources?.requests, requests);
  const allowed = missingIn(resources?.limits, limits);
  if (asked.length === 0 && allowed.length === 0) return container;
  if (asked.length > 0) notes.push(`${asked.join(', ')} request for ${kind} ${name}`);
  if (allowed.length > 0) notes.push(`${allowed.join(', ')} limit for ${kind} ${name}`);
  return {
    ...container,
    resources: {
      ...resources,
      ...(allowed.length > 0 && { limits: { ...limits, ...resources?.limits } }),
      ...(asked.length > 0 && { requests: { ...requests, ...resources?.requests } }),
    },
  };
};

/** Gives the containers their defaults; returns what the Pod's annotation says of it. */
const complete = (spec: PodDraft, range: LimitRange): string | undefined => {
  const defaults = defaultsOf(range);
  const notes: string[] = [];
  spec.containers = spec.containers.map((container) => completed(container, defaults, 'container', notes));
  if (spec.initContainers)
    spec.initContainers = spec.initContainers.map((container) => completed(container, defaults, 'init container', notes));
  return notes.length === 0 ? undefined : `LimitRanger plugin set: ${notes.join('; ')}`;
};

/** Several faults are one text in brackets, one that occurs twice said once. */
const textOf = (faults: readonly string[]): string | undefined => {
  const [first, ...others] = new Set(faults);
  return others.length === 0 ? first : `[${[first, ...others].join(', ')}]`;
};

const judgePod = (spec: PodSpec, range: LimitRange): string | undefined =>
  textOf(
    (range.spec?.limits ?? []).flatMap((item) => {
      if (item.type === 'Pod') return breaches(item, useOfPod(spec));
      const containers = item.type === 'Container' ? [...spec.containers, ...(spec.initContainers ?? [])] : [];
      return containers.flatMap(({ resources }) => breaches(item, useOf(resources)));
    }),
  );

const judgeClaim = (claim: PersistentVolumeClaim, range: LimitRange): string | undefined => {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'PersistentVolumeClaim');
  return textOf(items.flatMap((item) => breaches(item, useOf(claim.spec?.resources))));
};

/** What a LimitRange says of a spec: Pods of one template share theirs. */
const judgements = new WeakMap<LimitRange, WeakMap<PodSpec, { readonly fault: string | undefined }>>();

const faultOf = (spec: PodSpec, range: LimitRange): string | undefined => {
  const known = judgements.get(range) ?? new WeakMap<PodSpec, { readonly fault: string | undefined }>();
  judgements.set(range, known);
  const judgement = known.get(spec) ?? { fault: judgePod(spec, range) };
  known.set(spec, judgement);
  return judgement.fault;
};

/** Whether this is a Pod that got defaults: they may contradict what it says itself, whoever made it. */
export const isCompleted = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Pod' && metadata.annotations?.[annotation] !== undefined;

/** LimitRanger: containers get the default resources of their namespace; containers, Pods and claims keep within its bounds. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  kinds: [
    { apiVersion: 'v1', kind: 'Pod' },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  ],
  ruledBy: 'LimitRange',
  admitPod: (spec, namespace, context, annotations) => {
    for (const range of rangesOf(context, namespace)) {
      const note = complete(spec, range);
      if (note !== undefined) annotations.set(annotation, note);
    }
    return undefined;
  },
  validate: (object, context, previous): Refusal | undefined => {
    const ranges = rangesOf(context, object.metadata.namespace);
    if (ranges.length === 0 || previous?.metadata.deletionTimestamp !== undefined) return undefined;
    const pod = previous === undefined ? as('Pod', object) : undefined;
    const claim = as('PersistentVolumeClaim', object);
    for (const range of ranges) {
      const fault = pod?.spec === undefined ? claim && judgeClaim(claim, range) : faultOf(pod.spec, range);
      if (fault !== undefined) return forbidden(object, fault);
    }
    return undefined;
  },
};
