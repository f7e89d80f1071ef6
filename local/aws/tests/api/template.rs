use std::collections::BTreeMap;
use std::time::Duration;

use local_aws::template::{Deployment, EventDestination, Route, Secrets, Subscription, Template, TemplateError};

use crate::platform::platform;

const SERVICE: &str = r#"
Parameters:
  Stage: {Type: String, Default: local}
  Size: {Type: Number, Default: 7}
  Image: {Type: String, Default: ""}
  Missing: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasImage: !Not [!Equals [!Ref Image, ""]]
  Both: !And [!Condition IsProd, !Condition HasImage]
  Either: !Or [!Condition IsProd, !Not [!Condition HasImage]]
Globals:
  Function:
    Environment: {Variables: {STAGE: !Ref Stage, SIZE: !Ref Size, OVERRIDDEN: global}}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: worker}}
    Properties:
      Environment:
        Variables:
          OVERRIDDEN: own
          QUEUE: !Ref Jobs
          ARN: !GetAtt Jobs.Arn
          JOINED: !Join ["-", [a, !Ref Stage, !Select [1, !Split ["/", "x/y/z"]]]]
          CHOSEN: !If [IsProd, yes, !Sub "no ${AWS::Region} ${!literal} ${Jobs.QueueName}"]
          WITH: !Sub ["${Name}:${Stage}", {Name: !Ref Size}]
          KEYS: !Sub "{{resolve:secretsmanager:${Keys}:SecretString}}"
          KEY: !Sub "{{resolve:secretsmanager:${Keys}:SecretString:one}}"
          TOPIC: !GetAtt News.TopicName
          LONG: {"Fn::Join": ["", [{"Ref": "Stage"}, "!"]]}
          EITHER: !If [Either, "true", "false"]
      Events:
        Api: {Type: HttpApi, Properties: {Path: "/v1/{proxy+}", Method: ANY}}
        Rest: {Type: HttpApi}
        Tick: {Type: Schedule, Properties: {Schedule: rate(5 minutes), Input: '{"timer":"tick"}'}}
        Jobs:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            BatchSize: 25
            FunctionResponseTypes: [ReportBatchItemFailures]
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${Stage}-jobs"
      VisibilityTimeout: 90
      KmsMasterKeyId: !If [IsProd, key, !Ref AWS::NoValue]
  News:
    Type: AWS::SNS::Topic
    Properties:
      Subscription:
        - {Protocol: https, Endpoint: !Sub "https://${Stage}.example/sns"}
        - {Protocol: email, Endpoint: ops@example.com}
  Subscriber:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref News, Protocol: http, Endpoint: "http://localhost/sns"}
  ProdSubscriber:
    Type: AWS::SNS::Subscription
    Condition: IsProd
    Properties: {TopicArn: !Ref News, Protocol: http, Endpoint: "http://localhost/prod"}
  Mail: {Type: AWS::SES::ConfigurationSet}
  MailEvents:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination:
        MatchingEventTypes: [bounce, complaint]
        SnsDestination: {TopicARN: !GetAtt News.TopicArn}
  MailMetrics:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties: {ConfigurationSetName: !Ref Mail, EventDestination: {MatchingEventTypes: [send]}}
  ProdOnly:
    Type: AWS::S3::Bucket
    Condition: Both
  Keys:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString:
        SecretStringTemplate: '{"active":"one"}'
        GenerateStringKey: one
        PasswordLength: 64
  Task:
    Type: AWS::ECS::TaskDefinition
    Condition: HasImage
    Properties:
      ContainerDefinitions:
        - Name: chat
          Environment: [{Name: PORT, Value: 8080}]
          Secrets: [{Name: KEYS, ValueFrom: !Ref Keys}]
"#;

fn parse(text: &str, secrets: &Secrets) -> Result<Template, TemplateError> {
    let parameters = BTreeMap::from([("Size".to_owned(), "8".to_owned())]);
    let deployment = Deployment { parameters: &parameters, endpoint: "http://127.0.0.1:4566", secrets };
    Template::parse(text, &deployment)
}

#[test]
fn functions_of_cloudformation_are_applied() {
    let template = parse(SERVICE, &Secrets::in_memory()).unwrap();
    let environment = &template.functions[0].environment;
    for (name, value) in [
        ("STAGE", "local"),
        ("SIZE", "8"),
        ("OVERRIDDEN", "own"),
        ("QUEUE", "http://127.0.0.1:4566/000000000000/local-jobs"),
        ("ARN", "arn:aws:sqs:us-east-1:000000000000:local-jobs"),
        ("JOINED", "a-local-y"),
        ("CHOSEN", "no us-east-1 ${literal} local-jobs"),
        ("WITH", "8:local"),
        ("TOPIC", "eventzr-local-News"),
        ("LONG", "local!"),
        ("EITHER", "true"),
    ] {
        assert_eq!(environment[name], value, "{name}");
    }
}

#[test]
fn a_function_has_its_routes_timers_and_queues() {
    let template = parse(SERVICE, &Secrets::in_memory()).unwrap();
    let worker = &template.functions[0];
    assert_eq!(worker.binary, "worker");
    let route = |path: &str| Route { method: "ANY".to_owned(), path: path.to_owned() };
    assert_eq!(worker.routes, [route("/v1/{proxy+}"), route("$default")]);
    assert_eq!(worker.schedules[0].period(), Some(Duration::from_mins(5)));
    assert_eq!(worker.schedules[0].input["timer"], "tick");
    let source = &worker.queue_sources[0];
    assert_eq!((source.queue.as_str(), source.batch_size), ("local-jobs", 25));
    assert!(source.partial_failures);
}

#[test]
fn what_has_a_condition_exists_only_if_it_holds() {
    let template = parse(SERVICE, &Secrets::in_memory()).unwrap();
    assert!(template.buckets.is_empty());
    let queue = &template.queues[0];
    assert_eq!(queue.attributes.len(), 1);
    assert_eq!(queue.attributes["VisibilityTimeout"], "90");
}

#[test]
fn a_topic_has_its_subscribers_over_http() {
    let template = parse(SERVICE, &Secrets::in_memory()).unwrap();
    let topic = &template.topics[0].arn;
    assert_eq!(topic, "arn:aws:sns:us-east-1:000000000000:eventzr-local-News");
    let subscription = |protocol: &str, endpoint: &str| Subscription {
        topic: topic.clone(),
        protocol: protocol.to_owned(),
        endpoint: endpoint.to_owned(),
    };
    let expected = [subscription("https", "https://local.example/sns"), subscription("http", "http://localhost/sns")];
    assert_eq!(template.subscriptions, expected);
}

#[test]
fn a_configuration_set_tells_topics() {
    let template = parse(SERVICE, &Secrets::in_memory()).unwrap();
    let set = &template.configuration_sets[0].name;
    assert_eq!(set, "eventzr-local-Mail");
    let destination = EventDestination {
        configuration_set: set.clone(),
        event_types: vec!["bounce".to_owned(), "complaint".to_owned()],
        topic: template.topics[0].arn.clone(),
    };
    assert_eq!(template.event_destinations, [destination]);
}

#[test]
fn a_generated_secret_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("secrets.json");
    let read = || {
        let secrets = Secrets::in_file(file.clone()).unwrap();
        let template = parse(SERVICE, &secrets).unwrap();
        template.functions[0].environment.clone()
    };
    let (first, second) = (read(), read());
    assert_eq!(first["KEYS"], second["KEYS"]);
    assert_eq!(first["KEY"].len(), 64);
    let whole: serde_json::Value = serde_json::from_str(&first["KEYS"]).unwrap();
    assert_eq!(whole["active"], "one");
    assert_eq!(whole["one"], first["KEY"].as_str());
    assert_ne!(parse(SERVICE, &Secrets::in_memory()).unwrap().functions[0].environment["KEY"], first["KEY"]);
}

#[test]
fn a_container_has_variables_and_secrets() {
    let template = parse(SERVICE, &Secrets::in_memory()).unwrap();
    let chat = &template.containers[0];
    assert_eq!(chat.environment["PORT"], "8080");
    assert_eq!(chat.environment["KEYS"], template.functions[0].environment["KEYS"]);
}

#[test]
fn a_name_without_a_value_is_an_error() {
    let text = SERVICE.replace("OVERRIDDEN: own", "OVERRIDDEN: !Ref Missing");
    let error = parse(&text, &Secrets::in_memory()).unwrap_err();
    assert!(matches!(error, TemplateError::Parameter(name) if name == "Missing"));
    let text = SERVICE.replace("OVERRIDDEN: own", "OVERRIDDEN: !Ref Nothing");
    let error = parse(&text, &Secrets::in_memory()).unwrap_err();
    assert!(matches!(error, TemplateError::Unknown(name) if name == "Nothing"));
}

#[tokio::test]
async fn the_platforms_functions_and_chat_get_their_environment() {
    let aws = platform().await;
    let auth = aws.function_env("AuthFunction").unwrap();
    assert_eq!(auth["STAGE"], "local");
    assert_eq!(auth["TABLE"], "eventzr-local-AuthTable");
    assert_eq!(auth["AWS_ENDPOINT_URL"], aws.endpoint());
    assert!(auth["TOKEN_ISSUER"].ends_with("/auth/v1"));
    let keys: serde_json::Value = serde_json::from_str(&auth["DATA_KEYS"]).unwrap();
    assert_eq!(keys["1"].as_str().unwrap().len(), 64);
    let worker = aws.function_env("AuthWorkerFunction").unwrap();
    assert_eq!(worker["DATA_KEYS"], auth["DATA_KEYS"]);
    let chat = aws.container_env("ChatTaskDefinition").unwrap();
    assert_eq!(chat["TABLE"], "eventzr-local-ChatTable");
    assert_ne!(chat["DATA_KEYS"], auth["DATA_KEYS"]);
    assert!(aws.function_env("NoFunction").is_err());
}
