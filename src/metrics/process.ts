import { serviceAttributes } from './attribute-groups.ts';
import { type AttributeRule, off, on } from './definition.ts';
import type { ObservedMetric } from './observed.ts';

export const HOST_NAME = 'host.name';
export const CPU_MODE = 'cpu.mode';
export const DISK_DIRECTION = 'disk.io.direction';
export const NETWORK_DIRECTION = 'network.io.direction';

/** Attributes of a process, which in OTLP belong to the resource. */
export const PROCESS_COMMAND = 'process.command';
export const PROCESS_OWNER = 'process.owner';
export const PROCESS_PARENT_PID = 'process.parent_pid';
export const PROCESS_PID = 'process.pid';
export const PROCESS_COMMAND_LINE = 'process.command_line';
export const PROCESS_COMMAND_ARGS = 'process.command_args';
export const PROCESS_EXECUTABLE_NAME = 'process.executable.name';
export const PROCESS_EXECUTABLE_PATH = 'process.executable.path';

export interface ProcessMetric extends ObservedMetric {
  readonly attributes: readonly AttributeRule[];
}

const common: readonly AttributeRule[] = [
  ...serviceAttributes,
  ...on(HOST_NAME, PROCESS_COMMAND, PROCESS_OWNER, PROCESS_PARENT_PID, PROCESS_PID),
  ...off(PROCESS_COMMAND_LINE, PROCESS_COMMAND_ARGS, PROCESS_EXECUTABLE_NAME, PROCESS_EXECUTABLE_PATH),
];

export const cpuTime: ProcessMetric = {
  name: 'process.cpu.time',
  prometheusName: 'process_cpu_time_seconds_total',
  unit: 's',
  type: 'counter',
  help: 'CPU time that the process used, by mode; wait is that of its ended children',
  attributes: [...common, ...on(CPU_MODE)],
};

export const cpuUtilization: ProcessMetric = {
  name: 'process.cpu.utilization',
  prometheusName: 'process_cpu_utilization_ratio',
  unit: '1',
  type: 'gauge',
  help: 'share of all CPUs that the process used since it was last looked at, by mode',
  attributes: [...common, ...on(CPU_MODE)],
};

export const memoryUsage: ProcessMetric = {
  name: 'process.memory.usage',
  prometheusName: 'process_memory_usage_bytes',
  unit: 'By',
  type: 'level',
  help: 'physical memory that the process uses',
  attributes: common,
};

export const memoryVirtual: ProcessMetric = {
  name: 'process.memory.virtual',
  prometheusName: 'process_memory_virtual_bytes',
  unit: 'By',
  type: 'level',
  help: 'virtual memory that the process has',
  attributes: common,
};

export const diskIo: ProcessMetric = {
  name: 'process.disk.io',
  prometheusName: 'process_disk_io_bytes_total',
  unit: 'By',
  type: 'counter',
  help: 'bytes that the process read from and wrote to storage',
  attributes: [...common, ...on(DISK_DIRECTION)],
};

export const networkIo: ProcessMetric = {
  name: 'process.network.io',
  prometheusName: 'process_network_io_bytes_total',
  unit: 'By',
  type: 'counter',
  help: 'bytes that the network namespace of the process received and transmitted',
  attributes: [...common, ...on(NETWORK_DIRECTION)],
};

export const processMetrics: readonly ProcessMetric[] = [
  cpuTime,
  cpuUtilization,
  memoryUsage,
  memoryVirtual,
  diskIo,
  networkIo,
];
