//! What was said in one's own threads.

use crate::support::platform;

#[tokio::test]
async fn words_are_found_newest_first_page_by_page() {
    let platform = platform().await;
    let [user, stranger] = platform.users(platform.tenant());
    let (thread, other) = (platform.group(&[&user]).await, platform.group(&[&user]).await);
    for content in ["Soundcheck at Zoë's", "nothing", "SOUNDCHECK again, zoe", "the soundcheck is over"] {
        platform.say(&user, &thread, content).await;
    }
    platform.say(&user, &other, "soundcheck zoe elsewhere").await;
    let find = async |query: &str| platform.get(&user, &format!("/messages/search?threadId={thread}&{query}")).await;
    let numbers = |answer: &crate::support::Answer| -> Vec<u64> {
        answer.expect(200).as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&find("q=ZOE%20sound").await), [3, 1]);
    let first = find("q=soundcheck&limit=2").await;
    assert_eq!(numbers(&first), [4, 3]);
    let second = find(&format!("q=soundcheck&limit=2&cursor={}", first.next_cursor().unwrap())).await;
    assert_eq!((numbers(&second), second.next_cursor()), (vec![1], None));
    let foreign = find(&format!("q=nothing&cursor={}", first.next_cursor().unwrap())).await;
    assert_eq!(foreign.refusal(), (400, "INVALID_CURSOR"));
    assert_eq!((numbers(&find("q=absent").await), find("q=absent").await.next_cursor()), (vec![], None));

    let message = &find("q=nothing").await.expect(200)[0]["id"].clone();
    platform.delete(&user, &format!("/messages/{}", message.as_str().unwrap())).await.expect(200);
    assert_eq!(numbers(&find("q=nothing").await), [] as [u64; 0]);
    for wrong in ["q=x", "q=", "", "q=%20%20%20", "q=%CC%81%CC%81"] {
        assert_eq!(find(wrong).await.refusal(), (400, "VALIDATION_FAILED"), "{wrong}");
    }
    let refused = platform.get(&stranger, &format!("/messages/search?threadId={thread}&q=soundcheck")).await;
    assert_eq!(refused.refusal(), (403, "NOT_THREAD_MEMBER"));
}
