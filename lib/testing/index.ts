/**
 * Vitest matchers for clusters written as code; importing this module registers them.
 *
 * @example
 * import { dryRun } from 'plimsoll/testing';
 * test('manifests', () => expect(shop('production')).toMatchManifests());
 * test('verdict', () => expect(dryRun(shop('production'))).toBeAccepted());
 */
import { expect } from 'vitest';
import { matchers } from './matchers.js';
import type { Reachable } from './reachable.js';
import { serializer } from './serializer.js';

expect.extend(matchers);
expect.addSnapshotSerializer(serializer);

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the type parameter must be declared as vitest declares it.
  interface Matchers<T = any> {
    /** An App, Chart or construct has the manifests of the stored snapshot; `shallow` compares only which objects there are. */
    toMatchManifests(options?: { readonly shallow?: boolean }): T;
    /** The simulated cluster accepts, schedules, starts and connects everything. The message is the report. */
    toBeAccepted(): T;
    /** Every Pod of the workload runs on this node, one of these, or nodes with these labels. */
    toBePlacedOn(nodes: string | readonly string[] | RegExp | Readonly<Record<string, string>>): T;
    /** The Pods run in at least so many zones, nodes, or values of a node label. */
    toSpreadOver(topology: 'zone' | 'node' | (string & {}), atLeast: number): T;
    /**
     * Every Pod of the workload reaches a Service, workload, Pod, name or address: `'db.data:5432'`, `'http://catalog/items'`, `'10.96.0.10:53'`,
     * `'data/db:pg'`, `db.at('pg')`, a construct or an object of the manifests (with its `port`, by number or name, where it has several). The
     * message is the way, hop by hop, with what ends it.
     *
     * @example
     * expect(run.workload('web/api')).toReach('db.data:5432');
     * expect(run.workload(api)).toReach(db, 'pg');
     */
    toReach(destination: Reachable, port?: number | string): T;
  }
}

export { DryRun, dryRun, type Workload } from './dry-run.js';
export type { NamedObject } from './named.js';
export type { Reachable } from './reachable.js';
