// Waiting for what a socket hears.
const PATIENCE = 20_000;

// The first argument of the next `event`, or of the next one that is `wanted`.
export function next(socket, event, wanted = () => true) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} in time`)), PATIENCE);
    const listener = (data) => {
      if (!wanted(data)) return;
      clearTimeout(timer);
      socket.off(event, listener);
      resolve(data);
    };
    socket.on(event, listener);
  });
}
