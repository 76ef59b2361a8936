import { dryRun } from 'plimsoll/testing';
import { describe, expect, test } from 'vitest';
import { alwaysRestarted, failingProbe, outOfMemory, samePort, withoutSsd } from './refused.js';
import { tutorial } from './tutorial.js';

describe('the tutorial', () => {
  const run = dryRun(tutorial());

  test('has these manifests', () => expect(tutorial()).toMatchManifests());
  test('is accepted', () => expect(run).toBeAccepted());

  test('S4: the Pod with nodeSelector disktype=ssd runs on k8s-w1', () =>
    expect(run.pods('node-selector')).toBePlacedOn('k8s-w1'));

  test('S38: the Pod with nodeSelector gpu=true runs on k8s-w3', () => expect(run.pods('kube-example')).toBePlacedOn('k8s-w3'));

  test('S5, S10: commands that end complete once', () => {
    expect(run.pods('cmd').pods[0]?.status?.phase).toBe('Succeeded');
    expect(run.pods('init-container').pods[0]?.status?.phase).toBe('Succeeded');
  });

  test('S9: both containers are ready, and curl reaches nginx on localhost', () => {
    expect(run.pods('second').pods[0]?.status?.containerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
      ['nginx', true],
      ['curl', true],
    ]);
    expect(run.workload('second')).toReach('localhost:80');
  });

  test('S23: the DaemonSet has one Pod on every node', () =>
    expect(
      run
        .pods('node-agent')
        .pods.map(({ spec }) => spec?.nodeName)
        .sort(),
    ).toEqual(['k8s-w1', 'k8s-w2', 'k8s-w3']));

  test('S17: the Job completes', () => expect(run.pods('Job default/pi').pods[0]?.status?.phase).toBe('Succeeded'));

  test('S22, S35, S40: the Deployment makes three Pods', () => expect(run.pods('mynginx-deployment').pods).toHaveLength(3));

  test('S15, S25: the same names live in two namespaces', () => {
    expect(run.pods('development/api').pods).toHaveLength(1);
    expect(run.pods('production/api').pods).toHaveLength(2);
  });

  test('S20, S27, S31: Services of every type are reached by name', () => {
    expect(run.workload('client')).toReach('hello-inside:80');
    expect(run.workload('client')).toReach('hello-node-svc.default.svc.cluster.local:8080');
    expect(run.workload('client')).toReach('hello-outside:80');
    expect(run.workload('client')).toReach('database-by-address:5432');
  });
});

describe('what a cluster does not take is refused, with the reason, the line, and a fix that was tried', () => {
  test.each([
    ['S4: no node has disktype=ssd', withoutSsd],
    ['S5: a command that ends under restartPolicy Always', alwaysRestarted],
    ['S7: more memory than the limit', outOfMemory],
    ['S8: a liveness probe without answer', failingProbe],
    ['S19: two containers on one port', samePort],
  ])('%s', (_, refused) => {
    const run = dryRun(refused());
    expect(run).not.toBeAccepted();
    expect(run.report).toMatchSnapshot();
  });
});
