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
export { Cluster } from './cluster/cluster.js';
export type { ClusterConfig, NodePool } from './cluster/config.js';
export { App, type AppProps } from './constructs/app.js';
export * from './constructs/index.js';
export type { ContainerBehaviour, PodBehaviour } from './kubelet/behaviour.js';
export type { Manifest, Provenance, SourceLocation } from './manifest/manifest.js';
export type { Problem } from './manifest/problem.js';
export { type JsonFinding, type JsonReport, type JsonRun, jsonReport } from './report/json.js';
export { type TextOptions, textReport } from './report/text.js';
export type { Evidence, Finding, FindingCode, Fix, Severity } from './verify/finding.js';
export type { Call, Destination, Intent } from './verify/intent.js';
export { type Suppression, type Verification, type VerifyInput, verify } from './verify/verify.js';
