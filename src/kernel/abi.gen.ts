// Generated from bpf/abi.h by scripts/gen-abi.ts. Do not edit.

export const EventKind = { http: 1, headPart: 2, statePart: 3, frames: 4 } as const;
export const HttpRole = { unknown: 0, server: 1, client: 2 } as const;
export const HttpOutcome = { complete: 0, upgraded: 1, peerClosed: 2, peerReset: 3, localClosed: 4, localReset: 5, framingLost: 6 } as const;
export const HttpFlag = { requestDone: 1, responseStarted: 2, responseDone: 4, continued: 8, expect: 16, oldConnection: 32, head: 64, connect: 128 } as const;
export const HttpLimit = { headBytes: 256, targetBytes: 8192, partBytes: 256 } as const;
export const HttpEvent = { size: 416, at: { kind: 0, role: 2, outcome: 3, pid: 4, connection: 8, index: 16, status: 20, flags: 22, family: 23, localPort: 24, remotePort: 26, lineBytes: 28, local: 32, remote: 48, arrivalNs: 64, startNs: 72, firstByteNs: 80, endNs: 88, requestBytes: 96, responseBytes: 104, headBytes: 112, reserved: 116, trace: 120, head: 160 } } as const;
export const HeadPart = { size: 280, at: { kind: 0, from: 2, bytes: 4, reserved: 6, connection: 8, index: 16, offset: 20, data: 24 } } as const;
export const Counter = { exchanges: 0, connHttp1: 1, connHttp2: 2, connTls: 3, connOther: 4, connOld: 5, bytesSeen: 6, bytesOpaque: 7, bytesMissed: 8, lostRingFull: 9, lostConnFull: 10, lostPipelineFull: 11, lostUnreadable: 12, lostFault: 13, lostLongRun: 14, lostFraming: 15, lostUnpaired: 16, lostTruncatedHead: 17, lostPart: 18, invalid: 19, lostProcessEvent: 20, lostTargetFull: 21, adopted: 22, lostCallFull: 23, ioUring: 24, lostUnread: 25, optionWritten: 26, optionRead: 27, lostFrames: 31, max: 32 } as const;
export const FramesFlag = { oldConnection: 1, closed: 2 } as const;
export const FramesType = { passed: 128 } as const;
export const FramesLimit = { dataBytes: 2048, frameHead: 9, prefixBytes: 5 } as const;
export const FramesEvent = { size: 2128, at: { kind: 0, role: 2, direction: 3, pid: 4, connection: 8, index: 16, flags: 20, family: 21, outcome: 22, reserved: 23, localPort: 24, remotePort: 26, continued: 28, local: 32, remote: 48, arrivalNs: 64, nowNs: 72, data: 80 } } as const;
export const ProcessKind = { exec: 1, fork: 2, exit: 3, listen: 4, child: 5 } as const;
export const ProcessLimit = { nameBytes: 16 } as const;
export const ProcessEvent = { size: 48, at: { kind: 0, reserved: 2, hostPid: 4, pid: 8, parentPid: 12, startNs: 16, port: 24, family: 26, reserved2: 28, name: 32 } } as const;
export const TargetFlag = { provisional: 1 } as const;
export const TargetLimit = { filterSlots: 65536 } as const;
export const Target = { size: 8, at: { flags: 0, reserved: 4 } } as const;
export const WatchFlag = { exec: 1 } as const;
export const ProcessWatch = { size: 16, at: { flags: 0, agentPid: 4, pidNamespace: 8, reserved: 12 } } as const;
export const ProcessPids = { size: 8, at: { hostPid: 0, pid: 4 } } as const;
export const TraceLink = { none: 0, header: 1, option: 2, host: 3, thread: 4, only: 5, forwarded: 6 } as const;
export const TraceContext = { size: 40, at: { id: 0, span: 16, parent: 24, flags: 32, link: 33, isServed: 34, reserved: 35 } } as const;
export const TracePolicyFlag = { threads: 1 } as const;
export const TracePolicy = { size: 16, at: { bound: 0, flags: 8, reserved: 12 } } as const;
export const TraceLimit = { parentBytes: 64, stateBytes: 2048 } as const;
