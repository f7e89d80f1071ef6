use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        Self { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    /// Its data, if it has this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.body);
        &self.body["data"]
    }

    /// Its status and its code without the service's prefix.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, &str) {
        let code = self.body["error"]["code"].as_str().unwrap_or_else(|| panic!("no error: {}", self.body));
        assert_eq!(self.body["error"]["http"], self.status);
        (self.status, code.strip_prefix("ERR_CHAT_").unwrap())
    }

    /// The fields that were refused.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let details = self.body["error"]["details"].as_array().unwrap();
        details.iter().map(|detail| detail["field"].as_str().unwrap()).collect()
    }

    pub(crate) fn next_cursor(&self) -> Option<&str> {
        let page = &self.body["page"];
        assert_eq!(page["has_more"], page["next_cursor"].is_string(), "{page}");
        page["next_cursor"].as_str()
    }
}
