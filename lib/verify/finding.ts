import type { ObjectRef } from '../api/object.js';
import type { SourceLocation } from '../manifest/manifest.js';
import type { Fact } from '../scheduler/explain/explanation.js';

/** `error` closes the gate; `assumption` says what could not be proven. */
export type Severity = 'error' | 'warning' | 'advice' | 'assumption';

/** A part of the proof behind a finding, as data; the report words it. */
export type Evidence =
  /** A field of the object and what is wrong with it. */
  | { readonly kind: 'field'; readonly path: string; readonly message: string; readonly source?: SourceLocation | undefined }
  /** Nodes that a Pod does not fit on, for one reason. */
  | {
      readonly kind: 'nodes';
      readonly nodes: readonly string[];
      readonly reason: string;
      /** Nodes that refuse for this reason behind the one that the scheduler names. */
      readonly alsoOn?: readonly string[];
      /** What stands behind it. */
      readonly facts?: readonly Fact[];
      readonly asks?: string;
      readonly free?: string;
      readonly heldBy?: readonly { readonly object: ObjectRef; readonly amount: string }[];
    }
  /** One step of a connection. */
  | {
      readonly kind: 'hop';
      readonly at: string;
      readonly outcome: 'passed' | 'blocked' | 'assumed';
      readonly text: string;
      readonly object?: ObjectRef | undefined;
    }
  /** The state of a container. */
  | { readonly kind: 'container'; readonly container: string; readonly state: string; readonly text: string }
  /** Another object that plays a part. */
  | { readonly kind: 'object'; readonly object: ObjectRef; readonly text: string; readonly source?: SourceLocation | undefined };

/** The smallest change found that removes the finding. */
export interface Fix {
  /** Imperative, complete, in the author's terms: `set spec.selector.app to "web"`. */
  readonly text: string;
  /** The dry run was repeated with this change and the finding was gone, without a new error. */
  readonly verified: boolean;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly constructPath?: string | undefined;
  readonly source?: SourceLocation | undefined;
  /** One sentence. Kubernetes' own text where it has one. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** The intent that is broken, as it is written: `spreadsOver('zone', { atLeast: 2 })`. */
  readonly intent?: string | undefined;
  readonly fix?: Fix | undefined;
  /** Why the author accepted it; suppressed findings are counted and never close the gate. */
  readonly suppressed?: string | undefined;
}

/** In the order in which things go wrong in life; the report sorts by it. */
export const stages = [
  'input',
  'refused',
  'pending',
  'not starting',
  'not ready',
  'not reachable',
  'not permitted',
  'design',
] as const;
export type Stage = (typeof stages)[number];

/** Everything Plimsoll can say. One entry a code: help, reports and docs are made from it. */
export const findingCodes = {
  'input/syntax': {
    stage: 'input',
    title: 'the file is not valid YAML or JSON',
    remedy: 'Mend the file at the line shown. Tabs cannot indent YAML; a value with ": " or " #" in it needs quotes.',
  },
  'input/limit': {
    stage: 'input',
    title: 'the input is larger or deeper than is sane',
    remedy:
      'Inputs, nesting and aliases are limited so that no file can stop the run. Split the input, or write out the aliases.',
  },
  'input/not-an-object': {
    stage: 'input',
    title: 'the document is not a Kubernetes object',
    remedy: 'Every object needs apiVersion, kind, metadata.name (or generateName), and mostly spec.',
  },
  'input/duplicate': {
    stage: 'input',
    title: 'two objects share kind, namespace and name',
    remedy: 'kubectl would let the later object overwrite the earlier one. Give one of them another name or namespace.',
  },
  'input/undefined-name': {
    stage: 'input',
    title: 'a name made of a value that is not there',
    remedy:
      'A program joined "undefined" into the name. Give it the value it lacks (mostly a namespace or an id) before the object is first applied.',
  },
  'input/cycle': {
    stage: 'input',
    title: 'explicit dependencies form a circle',
    remedy: 'Remove one of the explicit dependencies (addDependency) in the circle.',
  },
  'api/refused': {
    stage: 'refused',
    title: 'the API server would refuse the object',
    remedy: "The text is the server's own. Change the field as it says.",
  },
  'api/unknown-field': {
    stage: 'refused',
    title: 'a field the API does not have',
    remedy: 'kubectl apply refuses unknown fields. Mostly a name is misspelt or stands one level too high or too low.',
  },
  'api/unknown-kind': {
    stage: 'refused',
    title: 'a kind the cluster does not serve',
    remedy:
      'Check apiVersion and kind; a custom resource needs its CustomResourceDefinition in the manifests or in the declared cluster.',
  },
  'api/removed-version': {
    stage: 'refused',
    title: 'an API version that Kubernetes 1.36 no longer serves',
    remedy: 'Write the version that replaces it, as named in the message; some fields have moved between the versions.',
  },
  'api/immutable': {
    stage: 'refused',
    title: 'a change of a field that cannot change',
    remedy:
      'Kubernetes never changes this field of a living object: make a new object under another name, or delete the old one first.',
  },
  'change/removed': {
    stage: 'refused',
    title: 'an object that runs is written no more',
    remedy: 'kubectl apply deletes nothing. Delete the object by hand, or apply with --prune.',
  },
  'change/renamed': {
    stage: 'refused',
    title: 'an object got another name',
    remedy:
      'Names cannot change: the object is made anew beside the old one. Keep the name, or delete the old object once nobody needs it.',
  },
  'api/warning': {
    stage: 'refused',
    title: 'the API server accepts with a warning',
    remedy: 'The object is accepted; kubectl prints this warning.',
  },
  'schedule/unschedulable': {
    stage: 'pending',
    title: 'a Pod fits on no node',
    remedy:
      "The message is kube-scheduler's own: for every node the first thing that kept the Pod away. Ask for less, tolerate a taint, correct a label, or declare more nodes.",
  },
  'schedule/gated': {
    stage: 'pending',
    title: 'a Pod waits for its scheduling gates',
    remedy: 'A Pod with scheduling gates waits until a controller removes them. That controller is not part of the dry run.',
  },
  'reference/missing-object': {
    stage: 'not starting',
    title: 'a reference to an object that does not exist',
    remedy:
      'Add the object, correct the name, or declare it as existing: new App({ cluster: { objects: [...] } }). Mark the reference optional if the Pod can do without.',
  },
  'reference/missing-key': {
    stage: 'not starting',
    title: 'a reference to a key that the object does not have',
    remedy:
      'Add the key to the ConfigMap or Secret, or correct the key. Mark the reference optional if the container can do without.',
  },
  'reference/missing-class': {
    stage: 'pending',
    title: 'a class that does not exist',
    remedy: 'Create the class, name one that exists, or declare it in the cluster.',
  },
  'workload/create-failed': {
    stage: 'pending',
    title: 'a controller cannot create its Pods',
    remedy:
      'The API server refuses the Pods, not the workload, so kubectl apply shows nothing: only the events of the ReplicaSet or Job do. Change what the text names.',
  },
  'pod/crash-loop': {
    stage: 'not starting',
    title: 'a container ends again and again',
    remedy:
      'With restartPolicy Always a container that ends is started again, whatever its exit code. Let it keep running, mend its command, or use a Job for work that ends.',
  },
  'pod/failed': {
    stage: 'not starting',
    title: 'a Pod ended in failure',
    remedy: 'A container ended with a code other than 0 and will not be started again, or could not be started at all.',
  },
  'pod/oom-killed': {
    stage: 'not starting',
    title: 'a container is killed at its memory limit',
    remedy: 'The container needs more than its memory limit. Raise the limit, or make the process need less.',
  },
  'pod/init-blocked': {
    stage: 'not starting',
    title: 'an init container never completes',
    remedy: 'The other containers start only when every init container has ended with code 0.',
  },
  'pod/port-conflict': {
    stage: 'not starting',
    title: 'two containers of a Pod open the same port',
    remedy: 'All containers of a Pod share one network: let one of them listen on another port, or give it a Pod of its own.',
  },
  'port/shadowed': {
    stage: 'not reachable',
    title: 'a port of the nodes that leads elsewhere',
    remedy: 'kube-proxy takes what comes in at a node port before any process of the node: choose another port for one of them.',
  },
  'port/no-room-to-roll': {
    stage: 'pending',
    title: 'a rolling update that would wait for ever',
    remedy:
      'New Pods need a node whose host port is free before old ones go. Let the update take old Pods away first (maxUnavailable: 1, maxSurge: 0), or keep a node free.',
  },
  'pod/not-ready': {
    stage: 'not ready',
    title: 'a Pod never becomes ready',
    remedy:
      'A Pod that is not ready gets no traffic from Services. Let the probe ask a port and path that the container answers.',
  },
  'pod/liveness': {
    stage: 'not ready',
    title: 'a liveness probe restarts the container',
    remedy:
      'A failing liveness or startup probe restarts the container. Let it ask what the container answers, and give a slow start a startupProbe.',
  },
  'service/no-endpoints': {
    stage: 'not reachable',
    title: 'a Service that selects no ready Pod',
    remedy: 'A Service passes connections to ready Pods only, and refuses them while there is none.',
  },
  'service/port-mismatch': {
    stage: 'not reachable',
    title: 'a Service port that no container opens',
    remedy: 'targetPort is the port of the container: its number, or the name that the container gives it.',
  },
  'ingress/conflict': {
    stage: 'not reachable',
    title: 'two Ingresses or routes for the same requests',
    remedy:
      'Both are legal, and only one of them gets the requests. Give one of them another host or path, or put all paths of the host into one object.',
  },
  'ingress/not-served': {
    stage: 'not reachable',
    title: 'an Ingress that no controller serves',
    remedy: 'A controller serves the Ingresses of its class: write ingressClassName, or mark one IngressClass as the default.',
  },
  'tls/secret': {
    stage: 'not reachable',
    title: 'a Secret without a certificate to serve',
    remedy: 'A certificate is served from a Secret of type kubernetes.io/tls with the keys tls.crt and tls.key.',
  },
  'gateway/not-attached': {
    stage: 'not reachable',
    title: 'a route that no listener of its Gateway takes in',
    remedy:
      "A listener takes routes of its own namespace unless allowedRoutes says otherwise, of the kinds of its protocol, and with a hostname in common with its own; sectionName and port must be a listener's.",
  },
  'gateway/not-permitted': {
    stage: 'not permitted',
    title: 'a reference into another namespace that nothing there grants',
    remedy: 'References of the Gateway API into another namespace need a ReferenceGrant there.',
  },
  'gateway/no-backend': {
    stage: 'not reachable',
    title: 'a rule of a route that leads nowhere',
    remedy: 'Requests of a rule without a usable backend are answered with 500. Name an existing Service and one of its ports.',
  },
  'network/unreachable': {
    stage: 'not reachable',
    title: 'a connection that must work does not arrive',
    remedy: 'The hops show how far the connection gets and which object ends it.',
  },
  'network/dns-blocked': {
    stage: 'not reachable',
    title: 'a client cannot ask the cluster DNS',
    remedy:
      'Names are looked up at the cluster DNS: an egress policy must allow 53/UDP and 53/TCP to it (allow: [{ to: clusterDns }]).',
  },
  'autoscaler/no-metrics': {
    stage: 'not ready',
    title: 'an autoscaler that has nothing to measure',
    remedy:
      'A HorizontalPodAutoscaler changes nothing while a metric cannot be read: utilization is a share of what every container requests, and metrics of objects need the object.',
  },
  'network/reachable': {
    stage: 'not reachable',
    title: 'a connection that must not work arrives',
    remedy:
      'The intent says that this connection must not work, and it does: add a NetworkPolicy, or narrow the one that allows it.',
  },
  'intent/only-reached-by': {
    stage: 'not reachable',
    title: 'somebody reaches a workload who must not',
    remedy:
      'Without a NetworkPolicy that selects it, everyone reaches a Pod; with some, whoever any of their rules allows. Protect it, or narrow the rule that is named.',
  },
  'intent/isolated': {
    stage: 'not reachable',
    title: 'a workload that must be isolated is not',
    remedy:
      'A NetworkPolicy of policyTypes Ingress and Egress without rules closes both directions; every rule of another policy opens them again.',
  },
  'intent/exposed-at': {
    stage: 'not reachable',
    title: 'a workload is not reached from outside where it must be',
    remedy:
      'The hops show how far a request from outside gets: the Service or Ingress that lets it in, its ports, and the policies of the Pods.',
  },
  'selector/matches-nothing': {
    stage: 'not reachable',
    title: 'a selector that matches no Pod',
    remedy:
      'Nothing says so in a real cluster: the selector is legal and matches no Pod. Compare it with the labels of the Pod template.',
  },
  'intent/runs-on': {
    stage: 'pending',
    title: 'a Pod runs elsewhere than intended',
    remedy: 'Nothing holds the Pods on the intended nodes: add a nodeSelector or node affinity.',
  },
  'intent/fits': {
    stage: 'pending',
    title: 'Pods that are meant to fit find no node',
    remedy:
      'The intent says that all replicas (and so many more, if it says so) have a node. Ask for less, declare more nodes, or loosen what binds the Pods to some of them.',
  },
  'intent/spreads-over': {
    stage: 'pending',
    title: 'Pods run in fewer zones or on fewer nodes than intended',
    remedy:
      'Spread them with a topology spread constraint of whenUnsatisfiable: DoNotSchedule (schedule: { spreadOver }), and have enough replicas and domains.',
  },
  'intent/shares-node': {
    stage: 'pending',
    title: 'Pods that must be apart share a node',
    remedy: 'Keep them apart with required anti-affinity over kubernetes.io/hostname (schedule: { apartFrom }).',
  },
  'intent/preempted': {
    stage: 'pending',
    title: 'a Pod that must stay is evicted for one of higher priority',
    remedy:
      'The scheduler makes room for Pods of higher priority. Give the workload a PriorityClass that is as high, declare more nodes, or set preemptionPolicy: Never on the others.',
  },
  'rbac/unknown-resource': {
    stage: 'not permitted',
    title: 'a rule for a resource that the cluster does not serve',
    remedy: 'The rule is legal and grants nothing. Resources are plural and lower case, subresources follow a slash: pods/log.',
  },
  'rbac/missing-role': {
    stage: 'not permitted',
    title: 'a binding to a role that does not exist',
    remedy: 'The binding is legal and grants nothing until the role exists.',
  },
  'pod-security/audited': {
    stage: 'design',
    title: 'a Pod violates the Pod Security level that its namespace audits',
    remedy: 'The server accepts it and writes an audit annotation. Write the fields that the text names, or accept the finding.',
  },
  'design/bare-pod': {
    stage: 'design',
    title: 'a bare Pod does not heal',
    remedy: 'Use a Deployment, StatefulSet or Job: they replace Pods that are lost.',
  },
  'design/many-containers': {
    stage: 'design',
    title: 'many containers share one Pod',
    remedy:
      'Put containers into one Pod if they must share its life, address and volumes; otherwise let them live and scale on their own.',
  },
  'design/large-pod': {
    stage: 'design',
    title: 'a Pod that fills most of a node',
    remedy: 'Large Pods leave gaps that nothing fits in, and wait longest for a node.',
  },
  'design/volatile-data': {
    stage: 'design',
    title: 'data that must outlive the Pod on a volume that does not',
    remedy: 'emptyDir is deleted with its Pod and hostPath stays on one node: use a PersistentVolumeClaim.',
  },
  'assumption/image': {
    stage: 'design',
    title: 'images exist and can be pulled',
    remedy: 'No manifest can prove that an image exists. Check with the registry.',
  },
  'assumption/listens': {
    stage: 'design',
    title: 'processes listen on their ports',
    remedy: 'No manifest can prove what a process does. Declare it (behaviour) to have it simulated.',
  },
  'assumption/outside': {
    stage: 'design',
    title: 'something outside these manifests exists',
    remedy: 'Declare it in the cluster (objects, snapshot) to have it checked.',
  },
  'assumption/intent': {
    stage: 'design',
    title: 'intents that hold here, but that nothing in the manifests enforces',
    remedy:
      'The dry run kept the intent. What could break it in a real cluster is named: enforce it with the field that is named, or live with it.',
  },
  'assumption/unjudged': {
    stage: 'design',
    title: 'something this release does not judge',
    remedy: 'The real cluster has a rule here that this release does not simulate.',
  },
} as const satisfies Record<string, { readonly stage: Stage; readonly title: string; readonly remedy: string }>;

export type FindingCode = keyof typeof findingCodes;
