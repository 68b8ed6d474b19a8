import { connect } from 'amqplib';

/** Whether a broker lets us in at this URL. */
export async function brokerAnswers(url: string): Promise<boolean> {
  try {
    const connection = await connect(url, { timeout: 3_000 });
    connection.on('error', () => undefined);
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
