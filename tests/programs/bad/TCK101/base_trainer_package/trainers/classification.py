from trainers.base import BaseTrainer


class ClassificationTrainer(BaseTrainer):
    def compute_loss(self, batch):
        inputs, targets = batch
        outputs = self.net(inputs)
        return self.criterion(outputs, targets)  # expect: TCK101 runtime
