/** A row or a stream that cannot be run as it is; the message says which and why. */
export class SimulationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SimulationError';
  }
}
