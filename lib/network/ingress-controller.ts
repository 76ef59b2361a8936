import type { Ingress, Pod } from '../api/generated/types.js';
import { matcherOfLabels } from '../api/label-selector.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { entry } from './entry.js';
import { ingressClassOf } from './ingress.js';
import { unknownAddress, unknownProgram } from './party.js';
import { podOrigin, type Sender } from './sender.js';
import type { Wiring } from './wiring.js';

/** Labels of the Pods of well-known controllers, by `spec.controller` of their IngressClasses, as their own manifests write them. */
const wellKnown: ReadonlyMap<string, Labels> = new Map([
  ['k8s.io/ingress-nginx', { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' }],
  ['nginx.org/ingress-controller', { 'app.kubernetes.io/name': 'nginx-ingress' }],
  ['traefik.io/ingress-controller', { 'app.kubernetes.io/name': 'traefik' }],
  ['haproxy.org/ingress-controller', { 'app.kubernetes.io/name': 'kubernetes-ingress' }],
  ['ingress-controllers.konghq.com/kong', { 'app.kubernetes.io/name': 'kong' }],
]);

const isLive = ({ status }: Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

const found = (wiring: Wiring, labels: Labels, namespace: string | undefined): Sender | undefined => {
  const matches = matcherOfLabels(labels);
  const own = wiring.view.pods.filter(
    (pod) => matches(pod.metadata.labels) && (namespace === undefined || pod.metadata.namespace === namespace) && isLive(pod),
  );
  const pod = own.find(({ status }) => status?.phase === 'Running') ?? own[0];
  return pod && podOrigin(wiring, pod).sender;
};

const known = new WeakMap<Wiring, Map<string, Sender>>();

/** The controller of an Ingress as the source of what it sends on: its own Pod, its labels as declared, or unknown. */
export const controllerOf = (wiring: Wiring, ingress: Admitted<Ingress>): Sender => {
  const className = ingressClassOf(ingress) ?? '';
  return entry(
    entry(known, wiring, () => new Map<string, Sender>()),
    className,
    () => {
      const declared = wiring.options.ingressController;
      const isDeclared = declared !== undefined && (className === '' || declared.ingressClass === className);
      const { namespace, podLabels } = isDeclared ? declared : {};
      const program = wiring.view.ingressClasses?.find(({ metadata }) => metadata.name === className)?.spec?.controller;
      const labels = podLabels ?? wellKnown.get(program ?? '');
      const pod = labels && found(wiring, labels, namespace);
      if (pod !== undefined) return pod;
      const text = 'the Ingress controller';
      if (podLabels === undefined || namespace === undefined) return { kind: 'node', text, ...unknownProgram() };
      const end = { namespace, labels: podLabels, namespaceLabels: wiring.labelsOf(namespace), spec: undefined };
      return { kind: 'node', text, ...unknownAddress(end) };
    },
  );
};
