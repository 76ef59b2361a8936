import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { definition, widget } from '../api/definition.js';
import { judge } from './manifests.js';

const long = (text: string): string => text.repeat(400_000 / text.length);

const pod = (container: object, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'main', namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'nginx:1.27', ...container }], ...spec },
});

const cronJob = (schedule: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'main' },
  spec: { schedule, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [] } } } } },
});

const formatted = (format: string): KubeObject =>
  definition({ type: 'object', properties: { text: { type: 'string', format } } });

/** Each of these took minutes with patterns that try one way of reading a text after the other. */
describe('a verdict takes no longer than its input is long', () => {
  test.each<[name: string, ...objects: KubeObject[]]>([
    ['a quantity', pod({ resources: { requests: { cpu: `${long('0')}.${long('1')}.` } } })],
    ['a schedule', cronJob(`TZ=O\n${long('\t')}\nZ\n`)],
    ['a field path', pod({ env: [{ name: 'FIELD', valueFrom: { fieldRef: { fieldPath: `${long("['")}[` } } }] })],
    ['an iSCSI name', pod({}, { volumes: [{ name: 'disk', iscsi: { targetPortal: 'a', lun: 0, iqn: long('iqn.0000-00.q') } }] })],
    ['a duration', formatted('duration'), widget({ text: long('0') })],
    ['an address', formatted('email'), widget({ text: `${long('\n')}"@0` })],
  ])('%s', (_, ...objects) => expect(judge(objects).accepted).toBe(false));

  test('the options of a shell', () => {
    const command = ['sh', `-${long('c')}\0`, 'true'];
    expect(judge([pod({ command })]).accepted).toBe(true);
  });
});
