class ZeroGrad:
    def __init__(self, optimizer):
        self.optimizer = optimizer

    def after_backward(self):
        self.optimizer.zero_grad()  # expect: TCK202 runtime


class CallbackList:
    def __init__(self, callbacks):
        self.callbacks = callbacks

    def fire(self, event):
        for callback in self.callbacks:
            getattr(callback, event)()
