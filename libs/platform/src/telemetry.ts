/** Traces leave only when an exporter is configured; otherwise the API's no-op costs nothing. */
export async function startTelemetry(
  service: string,
  endpoint: string | undefined,
): Promise<() => Promise<void>> {
  if (!endpoint) return () => Promise.resolve();
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName: `parley-${service}`, instrumentations: [] });
  sdk.start();
  return () => sdk.shutdown();
}
