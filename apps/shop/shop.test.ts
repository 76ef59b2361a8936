import { dryRun } from 'plimsoll/testing';
import { describe, expect, test } from 'vitest';
import { shop } from './shop.js';

describe.each(['development', 'production'] as const)('the shop in %s', (name) => {
  test('has these manifests', () => expect(shop(name)).toMatchManifests());
  test('is accepted', () => expect(dryRun(shop(name))).toBeAccepted());
});

describe('the shop in production', () => {
  const run = dryRun(shop('production'));

  test('S4: the database runs on the nodes with an SSD, one a node, in every zone', () => {
    expect(run.workload('data/pg')).toBePlacedOn({ disktype: 'ssd' });
    expect(run.workload('data/pg')).toSpreadOver('node', 3);
    expect(run.workload('data/pg')).toSpreadOver('zone', 3);
  });

  test('the frontend spreads over the zones', () => expect(run.workload('web/frontend')).toSpreadOver('zone', 3));

  test('S20, S27: services find each other by name', () => {
    expect(run.workload('web/frontend')).toReach('http://catalog-api.services');
    expect(run.workload('services/orders')).toReach('db.data:5432');
    expect(run.workload('services/order-worker')).toReach('mail-api:50051');
  });

  test('S16: only those who need the database reach it', () => {
    expect(run.workload('web/frontend')).not.toReach('db.data:5432');
    expect(run.workload('services/mail')).not.toReach('db.data:5432');
    expect(run.workload('services/order-worker')).not.toReach('cart-api:80');
  });
});
