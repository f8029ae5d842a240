//! A bare session, for COPY, of which diesel knows nothing here.

use super::url::PostgresUrl;
use super::{ConnectError, tls};
use crate::config::DbConfig;
use crate::error::{Error, Result};
use futures_util::{SinkExt as _, StreamExt as _};
use std::io::{self, Cursor, Read, Write};
use std::pin::pin;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// How values are written down, the same on every server; and no limit of time, since a
/// large table takes longer than any request may.
const SETUP: &str = "
    SET client_encoding = 'UTF8'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601';
    SET timezone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex';
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// How much of a table is sent at once.
const PORTION: usize = 1 << 16;

/// A session of its own, used on blocking threads only.
pub(crate) struct Session {
    runtime: Runtime,
    client: Client,
}

impl Session {
    /// # Errors
    /// As for any connection.
    pub(crate) fn open(url: &PostgresUrl, config: &DbConfig) -> Result<Self> {
        let unreachable =
            |error: ConnectError| Error::unavailable(format!("cannot connect to {url}: {error}"));
        let connector = tls::connector(url.security())?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreachable(error.into()))?;
        let connecting = async {
            let limit = config.connect_timeout;
            tokio::time::timeout(limit, url.config().connect(connector))
                .await
                .map_err(|_| ConnectError::Timeout(limit))?
                .map_err(ConnectError::from)
        };
        let (client, connection) = runtime.block_on(connecting).map_err(unreachable)?;
        runtime.spawn(async move {
            // What was asked of the client fails too, and is told there.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the session was lost");
            }
        });
        let session = Self { runtime, client };
        session.run(SETUP)?;
        Ok(session)
    }

    /// Runs statements.
    pub(crate) fn run(&self, sql: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// The rows of a query, as texts.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<SimpleQueryRow>> {
        let told = self.runtime.block_on(self.client.simple_query(sql))?;
        let row = |message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        };
        Ok(told.into_iter().filter_map(row).collect())
    }

    /// The value of a query that gives one, as text.
    pub(crate) fn value(&self, sql: &str) -> Result<Option<String>> {
        let rows = self.rows(sql)?;
        Ok(rows.first().and_then(|row| row.get(0)).map(str::to_owned))
    }

    /// Whether what a query asks is so.
    pub(crate) fn holds(&self, sql: &str) -> Result<bool> {
        Ok(self.value(sql)?.as_deref() == Some("t"))
    }

    /// Writes what `COPY … TO STDOUT` gives to `out`, whose faults are given apart.
    pub(crate) fn copy_out(&self, sql: &str, out: &mut dyn Write) -> Result<io::Result<()>> {
        self.runtime.block_on(async {
            let mut stream = pin!(self.client.copy_out(sql).await?);
            while let Some(bytes) = stream.next().await {
                if let Err(fault) = out.write_all(&bytes?) {
                    return Ok(Err(fault));
                }
            }
            Ok(Ok(()))
        })
    }

    /// Gives `COPY … FROM STDIN` what is read from `from`, whose faults are given apart.
    pub(crate) fn copy_in(&self, sql: &str, from: &mut dyn Read) -> Result<io::Result<()>> {
        self.runtime.block_on(async {
            let mut sink = pin!(self.client.copy_in::<_, Cursor<Vec<u8>>>(sql).await?);
            loop {
                let mut portion = Vec::with_capacity(PORTION);
                match (&mut *from).take(PORTION as u64).read_to_end(&mut portion) {
                    Err(fault) => return Ok(Err(fault)),
                    Ok(0) => break,
                    Ok(_) => sink.send(Cursor::new(portion)).await?,
                }
            }
            sink.finish().await?;
            Ok(Ok(()))
        })
    }
}
