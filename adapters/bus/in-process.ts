import type { TickBus, TickHandler } from '#core/ports/bus.ts';

/** Within one process a tick is handed over by a call: nothing is copied, nothing waits. */
export function createInProcessBus(): TickBus {
  let handle: TickHandler = () => {};
  return {
    publish: (tick, symbolIndex) => handle(tick, symbolIndex),
    subscribe(handler) {
      handle = handler;
    },
  };
}
