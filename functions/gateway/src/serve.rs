//! Running the gateway as a container would.

use runtime::{
    Clock, configuration,
    http::{health, server::Server},
    run::stop_on_signal,
    shutdown,
};

use crate::{Gateway, Settings};

/// Serves until the process is told to stop.
///
/// # Errors
/// A setting is missing or malformed, an address cannot be listened on, or users cannot be told apart there.
pub async fn serve(settings: configuration::Settings) -> anyhow::Result<()> {
    let own = Settings::read(|name| std::env::var(name).ok())?;
    settings.authentication.prepare(settings.bind_address)?;
    let stop = stop_on_signal()?;
    let server = Server::bind(settings.listen(), "PORT").await?;
    let metrics = Server::bind(settings.metrics_listen(), "METRICS_PORT").await?;
    let gateway = Gateway::new(own, settings.authentication.clone(), &Clock::system()).await;
    let gateway = gateway.with_documents(api_page::routes());
    tracing::info!(function = "gateway", address = %server.address(), metrics = %metrics.address(), "listening");
    let served = async {
        tokio::join!(
            server.serve(gateway.router(stop.clone()), stop.clone()),
            metrics.serve(health::metrics_router(), stop.clone()),
        )
    };
    shutdown::in_time(&stop, served).await;
    Ok(())
}
