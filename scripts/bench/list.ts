import type { Benchmark } from './benchmark.ts';
import { bystander } from './bystander.ts';
import { httpBenchmark } from './http.ts';
import { memory } from './memory.ts';
import { scrape } from './scrape.ts';
import { startGo, startGoRouter, startGoTls, startNginx, startNginxTls, startNode, startNodeTls } from './servers.ts';
import { startSink } from './sink.ts';
import { start } from './start.ts';
import { telemetry } from './telemetry.ts';
import { vm } from './vm/vm.ts';

const go = { start: startGo, rate: 4000, cpuBar: 1.2 };

/** In the order in which they run when none is named; those on demand have to be named. */
export const benchmarks: readonly Benchmark[] = [
  httpBenchmark({ name: 'go', about: 'Go net/http, Prometheus only', ...go, agentCpuBarUs: 10 }),
  httpBenchmark({
    name: 'go-router',
    about: 'Go net/http with a router that is asked for its patterns, Prometheus only',
    start: startGoRouter,
    rate: 4000,
    cpuBar: 1.3,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'node',
    about: 'Node http, Prometheus only',
    start: startNode,
    rate: 2000,
    cpuBar: 1.2,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'nginx',
    about: 'nginx, Prometheus only',
    start: startNginx,
    rate: 4000,
    cpuBar: 1.35,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'otlp',
    about: 'Go net/http, Prometheus and OTLP traces of every request',
    ...go,
    agentCpuBarUs: 25,
    beside: startSink,
  }),
  httpBenchmark({
    name: 'go-tls',
    about: 'Go net/http over TLS, Prometheus only',
    start: startGoTls,
    rate: 3000,
    cpuBar: 1.6,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'node-tls',
    about: 'Node https, Prometheus only',
    start: startNodeTls,
    rate: 1500,
    cpuBar: 1.5,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'nginx-tls',
    about: 'nginx over TLS, Prometheus only',
    start: startNginxTls,
    rate: 3000,
    cpuBar: 2,
    agentCpuBarUs: 10,
  }),
  bystander,
  start,
  memory,
  telemetry,
  scrape,
  vm,
];
