/**
 * Plimsoll: Kubernetes clusters as typed TypeScript, verified in a simulated cluster before any YAML is written.
 *
 * @packageDocumentation
 */

import { standaloneHost } from './cli/standalone.js';
import { setHost } from './constructs/host.js';

// A program that is run directly (`tsx main.ts`, `cdk8s synth`) reports and writes by itself.
setHost(standaloneHost, { fallback: true });

export { Chart } from 'cdk8s';
export type * as k8s from './api/generated/types.js';
export type { KubeObject, ObjectRef } from './api/object.js';
export type {
  Blocked,
  Bottleneck,
  Headroom,
  HeadroomOptions,
  Limit,
  NodeUtilization,
  PendingPods,
  PoolSize,
  PoolSizesOptions,
  PoolUtilization,
  Share,
  Shares,
  Shortage,
  Size,
  Utilization,
} from './cluster/capacity.js';
export { Cluster } from './cluster/cluster.js';
export type { ClusterConfig, NodePool } from './cluster/config.js';
export type { ExplainOptions, Explanation } from './cluster/explain.js';
export { App, type AppProps } from './constructs/app.js';
export * from './constructs/index.js';
export type { ContainerBehaviour, PodBehaviour } from './kubelet/behaviour.js';
export type { Manifest, Provenance, SourceLocation } from './manifest/manifest.js';
export type { Problem } from './manifest/problem.js';
export { type CapacityAnswer, type CapacityReport, capacityReport } from './report/capacity/json.js';
export { capacityText } from './report/capacity/text.js';
export {
  type JsonChange,
  type JsonEdit,
  type JsonExplainReport,
  type JsonExplanation,
  jsonExplainReport,
} from './report/explain/json.js';
export { type ExplainTextOptions, explainText } from './report/explain/text.js';
export { type JsonFinding, type JsonReport, type JsonRun, jsonReport } from './report/json.js';
export {
  type MapCause,
  type MapDiff,
  type MapDiffConnection,
  type MapDiffEntrance,
  type MapDiffOutside,
  type MapDiffService,
  mapDiffReport,
} from './report/map/diff.js';
export type {
  MapCall,
  MapConnection,
  MapEntrance,
  MapRange,
  MapReport,
  MapSide,
  MapSubject,
  MapWorkload,
} from './report/map/map.js';
export type { Peers } from './report/map/peers.js';
export { type MapOptions, mapReport } from './report/map/report.js';
export { type ReachAnswer, type ReachHop, type ReachReport, reachReport } from './report/reach/reach.js';
export { type TextOptions, textReport } from './report/text.js';
export type { KubeSchedulerConfiguration } from './scheduler/configuration/configuration.js';
export type { Evidence, Finding, FindingCode, Fix, Severity } from './verify/finding.js';
export type { Call, Destination, Entrance, Intent, IntentClient } from './verify/intent.js';
export { type Suppression, type Verification, type VerifyInput, verify } from './verify/verify.js';
