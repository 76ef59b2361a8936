import { dryRun } from 'plimsoll/testing';
import { expect, test } from 'vitest';
import { cluster } from './cluster.js';

test('manifests', () => expect(cluster()).toMatchManifests());

test('the cluster accepts them', () => expect(dryRun(cluster())).toBeAccepted());
