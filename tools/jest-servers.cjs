'use strict';
// For jest called directly: tests that need servers take those that are up, or say how to get them.
const fs = require('node:fs');
const path = require('node:path');

module.exports = function useRunningServers() {
  if (process.env.TEST_DATABASE_URL && process.env.TEST_RABBITMQ_URL) return;
  const record = path.join(__dirname, '..', '.data', 'services.json');
  const servers = fs.existsSync(record) ? JSON.parse(fs.readFileSync(record, 'utf8')).test : undefined;
  if (!servers)
    throw new Error('PostgreSQL and RabbitMQ are not up: npm run services:up, or use npm run test:…');
  process.env.TEST_DATABASE_URL ??= servers.postgres.url;
  process.env.TEST_RABBITMQ_URL ??= servers.rabbitmq.url;
  if (servers.rabbitmq.control) process.env.TEST_RABBITMQ_CTL ??= JSON.stringify(servers.rabbitmq.control);
  if (servers.redis) process.env.TEST_REDIS_URL ??= servers.redis.url;
};
