// The process: its loop, its memory, its processor time.

import { counter, type Family, gauge, one, type Sample } from '../family.ts'

export const host: readonly Family[] = [
  gauge(
    'sluice_event_loop_lag_seconds',
    'seconds',
    'How late the event loop is, over ten seconds; 1 is the worst',
    ['quantile'],
    ({ lag }) => [
      [{ quantile: '0.5' }, lag.p50],
      [{ quantile: '0.99' }, lag.p99],
      [{ quantile: '1' }, lag.max],
    ],
  ),
  counter(
    'sluice_event_loop_active_seconds_total',
    'seconds',
    'Time that the event loop was busy; its rate is the utilization',
    [],
    ({ loop }) => one(loop.active / 1_000),
  ),
  counter(
    'sluice_event_loop_idle_seconds_total',
    'seconds',
    'Time that the event loop waited for something to do',
    [],
    ({ loop }) => one(loop.idle / 1_000),
  ),
  counter(
    'sluice_heap_allocated_bytes_total',
    'bytes',
    'Memory allocated on the heap, told at each garbage collection; its rate is the allocation rate',
    [],
    ({ allocatedBytes }) => one(allocatedBytes),
  ),
  counter(
    'process_cpu_user_seconds_total',
    'seconds',
    'CPU time of the program itself',
    [],
    ({ cpu }) => one(cpu.user / 1e6),
  ),
  counter(
    'process_cpu_system_seconds_total',
    'seconds',
    'CPU time of the kernel on its behalf',
    [],
    ({ cpu }) => one(cpu.system / 1e6),
  ),
  gauge('process_start_time_seconds', 'seconds', 'When it started, in Unix time', [], () =>
    one(performance.timeOrigin / 1_000),
  ),
  gauge('process_resident_memory_bytes', 'bytes', 'Memory in use', [], ({ memory }) =>
    one(memory.rss),
  ),
  gauge('nodejs_heap_size_total_bytes', 'bytes', 'The heap, with its holes', [], ({ memory }) =>
    one(memory.heapTotal),
  ),
  gauge('nodejs_heap_size_used_bytes', 'bytes', 'The heap, without', [], ({ memory }) =>
    one(memory.heapUsed),
  ),
  gauge(
    'sluice_heap_limit_bytes',
    'bytes',
    'How large the heap may become before the process ends',
    [],
    ({ heapLimit }) => one(heapLimit),
  ),
  gauge('nodejs_heap_space_size_used_bytes', 'bytes', "The heap's parts", ['space'], ({ spaces }) =>
    spaces.map(({ space_name, space_used_size }): Sample => [
      { space: space_name.replace(/_space$/, '') },
      space_used_size,
    ]),
  ),
  gauge(
    'nodejs_external_memory_bytes',
    'bytes',
    'Memory that objects of the heap hold outside of it, such as buffers',
    [],
    ({ memory }) => one(memory.external),
  ),
]
