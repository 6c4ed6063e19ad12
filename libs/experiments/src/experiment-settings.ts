/** What an app tells the experiments; bound by `ExperimentsModule.forRoot`. */
export class ExperimentSettings {
  constructor(readonly lookIntervalSeconds: number) {}
}
