import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endpointsIn } from '../../lib/verify/dependencies-text.js';

/** `host:port`, with `?` where only the name of a Service would make it a call. */
const read = (name: string, text: string, others: Readonly<Record<string, string>> = {}): readonly string[] =>
  endpointsIn({ name, text, beside: (other) => others[other] }).map(
    ({ host, port, protocol, written }) =>
      `${host}${port === undefined ? '' : `:${port}`}${protocol === 'UDP' ? '/UDP' : ''}${written === 'part' ? '?' : ''}`,
  );

describe('addresses in values', () => {
  test.each([
    ['DATABASE_URL', 'postgres://user:p%40ss@db:6432/shop?sslmode=disable', ['db:6432']],
    ['DATABASE_URL', 'postgresql://db.data.svc.cluster.local/shop', ['db.data.svc.cluster.local:5432']],
    ['REDIS_URL', 'redis://:secret@cache/0', ['cache:6379']],
    ['AMQP', 'amqp://guest:guest@rabbit.mq:5672/%2F', ['rabbit.mq:5672']],
    [
      'MONGO_URI',
      'mongodb://u:p@a.mongo:27017,b.mongo,c.mongo:27018/db?replicaSet=rs0',
      ['a.mongo:27017', 'b.mongo:27017', 'c.mongo:27018'],
    ],
    ['NATS', 'nats://a:4222,nats://b:4222', ['a:4222', 'b:4222']],
    ['spring.datasource.url', 'jdbc:postgresql://db:5432/shop', ['db:5432']],
    ['URL', 'jdbc:mysql://one:3306,two:3307/shop', ['one:3306', 'two:3307']],
    ['URL', 'jdbc:sqlserver://sql:1433;databaseName=shop;encrypt=true', ['sql:1433']],
    ['URL', 'jdbc:oracle:thin:@//ora:1521/shop', ['ora:1521']],
    ['URL', 'jdbc:oracle:thin:@ora:1521:shop', ['ora:1521']],
    ['DSN', 'user:pass@tcp(mysql:3306)/shop?parseTime=true', ['mysql:3306']],
    ['DSN', 'host=db port=5433 user=me dbname=shop', ['db:5433']],
    ['ConnectionStrings__Default', 'Server=tcp:sql,1433;Database=shop;User Id=me;Password=x', ['sql:1433']],
    ['CART_SERVICE_ADDR', 'cartservice:7070', ['cartservice:7070']],
    ['KAFKA_BROKERS', 'kafka-0.kafka:9092,kafka-1.kafka:9092', ['kafka-0.kafka:9092', 'kafka-1.kafka:9092']],
    ['API', 'http://api.shop.svc/path', ['api.shop.svc:80']],
    ['API', 'https://api.example.com', ['api.example.com:443']],
    ['API', 'http://[fd00::1]:8080/', ['fd00::1:8080']],
    ['STATSD', 'udp://statsd:8125', ['statsd:8125/UDP']],
    ['GRPC_TARGET', 'dns:///api.shop:50051', ['api.shop:50051']],
    ['ENDPOINT', 'tcp://10.1.2.3:5432', ['10.1.2.3:5432']],
    ['ZOOKEEPER', 'zk:2181/chroot', ['zk:2181?']],
  ])('%s=%s', (name, text, expected) => expect(read(name, text)).toEqual(expected));

  test('a host and the port beside it', () => {
    expect(read('DB_HOST', 'db.example.com', { DB_PORT: '5432' })).toEqual(['db.example.com:5432']);
    expect(read('PGHOST', 'db', { PGPORT: '"5433"' })).toEqual(['db:5433']);
    expect(read('db-host', 'db', { 'db-port': '5432' })).toEqual(['db:5432']);
    expect(read('DB_HOST', 'db')).toEqual(['db?']);
    expect(read('DB_NAME', 'db')).toEqual([]);
  });

  test.each([
    ['LISTEN_ADDR', '0.0.0.0:8080'],
    ['BIND', 'web:8080'],
    ['ADDR', 'localhost:6379'],
    ['ADDR', '127.0.0.1:6379'],
    ['ADDR', ':8080'],
    ['PUBLIC_URL', 'https://shop.example.com'],
    ['CORS_ORIGINS', 'https://shop.example.com'],
    ['IMAGE', 'redis:7000'],
    ['START', '12:30'],
    ['VERSION', '1.2.3:80'],
    ['SOCKET', 'unix:///var/run/app.sock'],
    ['FILE', 'file:///etc/app.conf'],
    ['ADDR', 'http://$(HOST):8080'],
    ['CERT', '-----BEGIN CERTIFICATE-----\nhttp://a\n'],
    ['ADDR', 'db:99999'],
  ])('no call: %s=%s', (name, text) => expect(read(name, text)).toEqual([]));

  test('a scheme without a port that anybody knows names no address outside', () => {
    expect(read('BUCKET', 's3://bucket/key')).toEqual(['bucket?']);
    expect(read('CHART', 'oci://ghcr.io/charts/app')).toEqual(['ghcr.io?']);
  });

  test('a user and a password are never taken for a host, however they are written', () => {
    expect(read('URL', 'postgres://user:a.b:99@db:5432/x')).toEqual(['db:5432']);
    expect(read('URL', 'postgres://user:p/a@db:5432/x').filter((each) => !each.endsWith('?'))).toEqual([]);
  });
});

describe('addresses in files and scripts', () => {
  test('lines of settings: the whole value, or a host with its port beside it', () => {
    const yaml =
      'database:\n  host: db\n  port: 5432\ncache:\n  url: redis://cache:6379\n# see https://example.com/docs\nlisten: web:80\n';
    expect(read('app.yaml', yaml)).toEqual(['db:5432', 'cache:6379']);
    expect(read('app.properties', 'a=b\ndb.host=db\ndb.port=5433\n')).toEqual(['db:5433']);
    expect(read('app.json', '{\n  "api": "https://api.example.com",\n  "x": 1\n}\n')).toEqual(['api.example.com:443']);
  });

  test('nginx, and a script: only Services tell what is a call', () => {
    expect(read('nginx.conf', 'upstream x {\n  server api:8080;\n}\nlocation / { proxy_pass http://web:9000/; }\n')).toEqual([
      'api:8080?',
      'web:9000?',
    ]);
    expect(read('', 'until nc -z -w 2 db 5432; do sleep 1; done\npg_isready -h pg -p 5433\n: > /dev/tcp/mq/5672')).toEqual([
      'db:5432?',
      'pg:5433?',
      'mq:5672?',
    ]);
    expect(read('', 'until nc -z db 5432; do sleep 1; done')).toEqual(['db:5432?']);
    expect(read('', 'F="$\x7bURL:-http://frontend}"\ncurl "$F/api"')).toEqual(['frontend:80?']);
  });

  test('law: any text is read; long ones too, whatever they repeat', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 20 }), (text, name) => Array.isArray(read(name, text))),
    );
    for (const piece of ['a', 'a.', 'a:', '-a ', 'nc -a ', 'a@', 'a://', ',a', 'host=', '"a": ', ' -h ', '/a', '1.', ':thin:'])
      expect(read('URL', piece.repeat(30_000)).length).toBeGreaterThanOrEqual(0);
  });
});
