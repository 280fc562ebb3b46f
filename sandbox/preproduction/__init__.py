"""What a stage with a canary runs beside the connector: a simulator of Connective as a Lambda, and the canary.

Never where contracts are real. Knows Lambda, DynamoDB and S3; the simulator and the canary themselves know none of them.
"""
