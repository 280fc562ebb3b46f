"""The ports of `esign.ports` on DynamoDB, S3, Secrets Manager, SQS and Step Functions. No rule of the domain lives here."""
