/** The papers that the catalog cites. */
import type { Citation } from './entry.ts'

const arxiv = (paper: string, id: string) => ({ paper, url: `https://arxiv.org/abs/${id}` }) satisfies Citation

export const papers = {
  facenet: arxiv('Schroff et al., FaceNet, CVPR 2015', '1503.03832'),
  defense: arxiv('Hermans et al., In Defense of the Triplet Loss, 2017', '1703.07737'),
  sampling: arxiv('Wu et al., Sampling Matters in Deep Embedding Learning, ICCV 2017', '1706.07567'),
  multiSimilarity: arxiv('Wang et al., Multi-Similarity Loss, CVPR 2019', '1904.06627'),
  angular: arxiv('Wang et al., Deep Metric Learning with Angular Loss, ICCV 2017', '1708.01682'),
  easyPositive: arxiv('Xuan et al., Improved Embeddings with Easy Positive Triplet Mining, WACV 2020', '1904.04370'),
  realityCheck: arxiv('Musgrave et al., A Metric Learning Reality Check, ECCV 2020', '2003.08505'),
  adam: arxiv('Kingma and Ba, Adam, ICLR 2015', '1412.6980'),
  adamW: arxiv('Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019', '1711.05101'),
  cosine: arxiv('Loshchilov and Hutter, SGDR, ICLR 2017', '1608.03983'),
  warmup: arxiv('Goyal et al., Accurate, Large Minibatch SGD, 2017', '1706.02677'),
  residual: arxiv('He et al., Deep Residual Learning, CVPR 2016', '1512.03385'),
  batchNorm: arxiv('Ioffe and Szegedy, Batch Normalization, ICML 2015', '1502.03167'),
  mobileNets: arxiv('Howard et al., MobileNets, 2017', '1704.04861'),
  erasing: arxiv('Zhong et al., Random Erasing Data Augmentation, AAAI 2020', '1708.04896'),
  newClasses: arxiv('Santoro et al., One-shot Learning with Memory-Augmented Neural Networks, 2016', '1605.06065'),
  cutMix: arxiv('Yun et al., CutMix, ICCV 2019', '1905.04899'),
  clipping: arxiv('Pascanu et al., On the difficulty of training recurrent neural networks, ICML 2013', '1211.5063'),
  asha: arxiv('Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020', '1810.05934'),
  learningCurves: {
    paper: 'Domhan et al., Speeding up Automatic Hyperparameter Optimization of Deep Neural Networks, IJCAI 2015',
    section: '3.2',
    url: 'https://www.ijcai.org/Proceedings/15/Papers/487.pdf',
  },
  swap: {
    paper: 'Balntas et al., Learning local feature descriptors with triplets, BMVC 2016',
    url: 'https://doi.org/10.5244/C.30.119',
  },
  dropout: {
    paper: 'Srivastava et al., Dropout, JMLR 2014',
    url: 'https://jmlr.org/papers/v15/srivastava14a.html',
  },
  momentum: {
    paper: 'Sutskever et al., On the importance of initialization and momentum, ICML 2013',
    url: 'https://proceedings.mlr.press/v28/sutskever13.html',
  },
  mnist: {
    paper: 'LeCun et al., Gradient-based learning applied to document recognition, 1998',
    url: 'http://yann.lecun.com/exdb/mnist/',
  },
  fashionMnist: arxiv('Xiao et al., Fashion-MNIST, 2017', '1708.07747'),
  cifar: {
    paper: 'Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009',
    url: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  },
  feret: {
    paper: 'Phillips et al., The FERET evaluation methodology for face-recognition algorithms, PAMI 2000',
    url: 'https://doi.org/10.1109/34.879790',
  },
  agreement: {
    paper: 'Vinh et al., Information Theoretic Measures for Clusterings Comparison, JMLR 2010',
    url: 'https://jmlr.org/papers/v11/vinh10a.html',
  },
  retrieval: {
    paper: 'Manning et al., Introduction to Information Retrieval, 2008',
    section: 'chapter 8',
    url: 'https://nlp.stanford.edu/IR-book/',
  },
} as const satisfies Record<string, Citation>

/** A paper, and where in it. */
export function cite(paper: Citation, section: string): Citation {
  return { ...paper, section }
}
